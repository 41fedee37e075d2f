from __future__ import annotations

from typing import get_args

import pytest

from smtpwizard.model.cause import Action, ActionKind, Finding
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage
from smtpwizard.model.tree import Probe
from smtpwizard.tui.trouble.words import deed_words, probe_words, seen_words, sureness
from smtpwizard.wizard.account import account_of
from tests.tui.reports import REFUSED
from tests.tui.world import ready


@pytest.mark.parametrize("kind", get_args(ActionKind))
def test_everything_that_can_be_done_has_words(kind: ActionKind) -> None:
    assert deed_words(Action(kind))


def test_an_endpoint_is_told_in_full() -> None:
    action = Action("set-endpoint", host="mail.test", port=587, security=Security.STARTTLS)
    assert deed_words(action) == "Take host mail.test, port 587, STARTTLS and test again"


def test_what_was_seen_are_the_words_of_the_server() -> None:
    assert "Username and Password not accepted" in seen_words(REFUSED, Finding("x", 1.0, (), Stage.AUTH))


def test_a_probe_says_what_it_tries() -> None:
    probe = Probe("p", "t", "tls.upgrade", "a", "b", port=587, security=Security.STARTTLS)
    assert probe_words(probe, account_of(ready())) == "Trying smtp.gmail.com, port 587, with STARTTLS …"


def test_how_sure_it_is_falls_with_the_confidence() -> None:
    assert [sureness(value, floor=False) for value in (0.9, 0.7, 0.2)] == ["almost certain", "most likely", "possible"]
    assert sureness(0.9, floor=True) == "all that the code says"
