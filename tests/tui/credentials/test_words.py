from __future__ import annotations

from typing import get_args

import pytest

from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape
from smtpwizard.model.secret import SecretFlaw
from smtpwizard.tui.credentials.words import keyring_words, removed_words, secret_title, secret_words
from smtpwizard.wizard.inspection import Inspection
from tests.tui.world import knowledge

OUTCOMES = get_args(Keyring.__annotations__["outcome"]) or (
    "usable",
    "missing",
    "locked",
    "loses",
    "timeout",
    "failed",
)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_everything_that_a_keyring_can_do_has_a_sentence(outcome: str) -> None:
    assert keyring_words(Keyring("KWallet", outcome)).endswith(".")  # type: ignore[arg-type]


def test_the_field_is_called_what_the_provider_calls_it() -> None:
    assert secret_title(knowledge().providers["gmail"]) == "App password"
    assert secret_title(knowledge().providers["sendgrid"]) == "API key"
    assert secret_title(None) == "Password"


def test_what_was_taken_out_is_listed_in_words() -> None:
    removed = (SecretFlaw.LINE_BREAK, SecretFlaw.INNER_SPACE, SecretFlaw.NON_BREAKING_SPACE)
    assert removed_words(removed).startswith("Line breaks, spaces and non-breaking spaces were taken out")
    assert removed_words(()) == ""


def test_a_flaw_comes_before_the_shape() -> None:
    inspection = Inspection(secret=(SecretFlawed("quoted"), SecretShape("app-password", matches=True)))
    assert secret_words(inspection, None) == ("careful", "The secret stands in quotation marks.")
