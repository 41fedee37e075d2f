from __future__ import annotations

import pytest
from msgspec.structs import replace

from smtpwizard.model.account import Account
from smtpwizard.model.secret import Secret, SecretFlaw
from smtpwizard.model.smtp import Security
from smtpwizard.wizard.inspection import inspect, tidied
from tests.tui.world import PASSWORD, knowledge, ports

GMAIL = knowledge().providers["gmail"]
ACCOUNT = Account("smtp.gmail.com", 465, Security.TLS, provider="gmail", username="anna@gmail.com")


async def test_a_host_that_is_a_web_address_is_named_with_what_is_meant() -> None:
    inspection = await inspect(replace(ACCOUNT, host="https://mail.test/"), None, None, ports())
    (flaw,) = inspection.of("host")
    assert (flaw.flaw, flaw.suggestion) == ("scheme-in-host", "mail.test")


async def test_a_sender_that_is_no_address_belongs_to_its_field() -> None:
    inspection = await inspect(replace(ACCOUNT, sender="anna"), None, GMAIL, ports())
    assert [flaw.flaw for flaw in inspection.of("sender")] == ["not-an-address"]


async def test_an_app_password_has_the_right_shape() -> None:
    shape = (await inspect(ACCOUNT, Secret(PASSWORD), GMAIL, ports())).shape
    assert shape is not None
    assert shape.matches


async def test_the_account_password_is_recognised_by_its_shape() -> None:
    shape = (await inspect(ACCOUNT, Secret("Summer-2026!"), GMAIL, ports())).shape
    assert shape is not None
    assert shape.looks_like == "the password of the Google account"


@pytest.mark.parametrize(
    "pasted",
    ["abcd efgh ijkl mnop", " abcdefghijklmnop\n", "abcd\u00a0efgh\u00a0ijkl\u00a0mnop", "abcd\u200befgh ijklmnop"],
)
def test_spaces_of_every_kind_leave_a_secret_that_is_shown_in_groups(pasted: str) -> None:
    clean = tidied(Secret(pasted), GMAIL)
    assert clean.secret == Secret(PASSWORD)
    assert clean.removed


def test_inner_spaces_stay_in_a_secret_that_may_have_them() -> None:
    clean = tidied(Secret(" correct horse \r\n"), knowledge().providers["custom"])
    assert clean.secret == Secret("correct horse")
    assert SecretFlaw.LINE_BREAK in clean.removed


def test_a_clean_secret_loses_nothing() -> None:
    assert tidied(Secret(PASSWORD), GMAIL).removed == ()
