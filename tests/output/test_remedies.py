from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Cause, Remedy
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage
from smtpwizard.output.remedies import fill, remedies_for

COMMAND = Remedy(
    "Ask {host} on {port}.", steps=("As {username}.",), commands=("tool {host} {port} {username} {sender} {domain}",)
)


def account(host: str = "smtp.example.com", username: str | None = None, sender: str | None = None) -> Account:
    return Account(host, 2525, Security.NONE, username=username, sender=sender)


def words(remedy: Remedy) -> list[str]:
    """What a shell would take the command for."""
    return shlex.split(remedy.commands[0])


def test_the_persons_own_settings_are_filled_in() -> None:
    filled = fill(COMMAND, account(username="ann", sender="bob@example.org"))
    assert filled.text == "Ask smtp.example.com on 2525."
    assert filled.steps == ("As ann.",)
    assert words(filled) == ["tool", "smtp.example.com", "2525", "ann", "bob@example.org", "example.org"]


def test_examples_stand_where_nothing_is_known() -> None:
    expected = ["tool", "smtp.example.com", "587", "user@example.com", "user@example.com", "example.com"]
    assert words(fill(COMMAND, None)) == expected
    assert words(fill(COMMAND, account())) == [*expected[:2], "2525", *expected[3:]]


def test_the_user_name_stands_in_for_the_sender() -> None:
    assert words(fill(COMMAND, account(username="ann@example.org")))[-2:] == ["ann@example.org", "example.org"]
    assert words(fill(COMMAND, account(username="ann")))[-2:] == ["ann", "ann"]


@pytest.mark.parametrize(
    "hostile",
    ["x; rm -rf /", "$(x)", "`x`", "a'b", 'a"b', "a b", "a\nb", "a\x1b[31mb", "*", "a|b", "a&b", "a\\", "{sender}"],
)
def test_a_hostile_setting_stays_one_word_of_the_command(hostile: str) -> None:
    filled = fill(COMMAND, account(hostile, hostile, f"{hostile}@{hostile}"))
    assert len(words(filled)) == 6
    assert filled.commands[0].isprintable()
    assert filled.text.isprintable()


@given(st.text(min_size=1, max_size=40))
def test_any_setting_stays_one_word_of_the_command(text: str) -> None:
    filled = fill(COMMAND, account(text, text, text))
    assert len(words(filled)) == 6
    assert filled.commands[0].isprintable()


def test_braces_that_are_no_placeholder_stay() -> None:
    remedy = Remedy("x", commands=("Get-Thing | Where {$_.Name}", "echo {password} {secret} {HOST}"))
    assert fill(remedy, account()).commands == remedy.commands


def test_links_and_actions_are_left_alone() -> None:
    remedy = Remedy("x", links=("https://example.com/{host}",), action=Action("re-test"), provider=("gmail",))
    assert fill(remedy, account()) == remedy


def test_remedies_for_the_provider_come_first_and_those_for_others_are_left_out() -> None:
    general, gmail, outlook = (
        Remedy("general"),
        Remedy("gmail", provider=("gmail",)),
        Remedy("o", provider=("outlook",)),
    )
    cause = Cause("t", Stage.AUTH, "e", "s", (general, outlook, gmail), (), "auth.login")
    assert remedies_for(cause, "gmail") == (gmail, general)
    assert remedies_for(cause, None) == (general,)
    assert remedies_for(cause, "zoho") == (general,)
