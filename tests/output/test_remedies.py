from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Cause, Remedy
from smtpwizard.model.evidence.connect import PortAnswer, Ports, PortSpeaks
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SettingFlaw
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage
from smtpwizard.model.tool import Tool
from smtpwizard.output.remedies import STEP, fill, remedies_for

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


RAILS = Tool("rails", "Rails", ())
OPENSSL = Tool("openssl", "OpenSSL", (), beneath=True)
IN_PROGRAMS = Remedy(
    "Log in.",
    steps=("Printers: authentication on.",),
    programs={"PHPMailer": "SMTPAuth = true.", "Spring": "auth = true.", "Java": "auth = true.", "msmtp": "auth on."},
)


def test_what_to_set_stands_there_for_every_program_where_none_is_known() -> None:
    filled = fill(IN_PROGRAMS, None)
    assert filled.steps == (
        "PHPMailer: SMTPAuth = true. Spring, Java: auth = true. msmtp: auth on.",
        "Printers: authentication on.",
    )
    assert fill(filled, None).steps == filled.steps


def test_only_what_to_set_in_the_known_programs_stands_there() -> None:
    filled = fill(IN_PROGRAMS, None, [Tool("x", "Java", (), also=("Spring",)), RAILS])
    assert filled.steps == ("Spring, Java: auth = true.", "Printers: authentication on.")


def test_a_library_that_any_program_may_stand_above_changes_nothing() -> None:
    assert fill(IN_PROGRAMS, None, [OPENSSL]) == fill(IN_PROGRAMS, None)


def test_nothing_is_said_of_other_programs_than_the_one_that_it_must_be() -> None:
    assert fill(IN_PROGRAMS, None, [RAILS, OPENSSL]).steps == ("Printers: authentication on.",)


def test_what_to_set_in_many_programs_does_not_become_one_long_step() -> None:
    programs = {f"Program {number}": f"option {number} = true." for number in range(9)}
    assert all(len(step) < STEP for step in fill(Remedy("Log in.", programs=programs), None).steps)


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


OTHER_PORT = Remedy("Use another port: 587 or 2525.", action=Action("set-endpoint", port=587))
ASK = Remedy("Ask the hosting company.")
BLOCKED = Cause("Blocked", Stage.CONNECT, "", "", (ASK, OTHER_PORT), (), "connect.open")


MODULE = Remedy("Install the module.", name="module")
TEMPLATE = Remedy("Look for the template.", name="template")


def test_the_remedy_that_the_wording_calls_for_comes_first_and_other_named_ones_are_left_out() -> None:
    cause = Cause("t", Stage.CLIENT, "e", "s", (ASK, MODULE, TEMPLATE), (), "auth.login")
    assert remedies_for(cause, None, named=("template",)) == (TEMPLATE, ASK)
    assert remedies_for(cause, None) == (ASK, MODULE, TEMPLATE)
    assert remedies_for(cause, None, named=("gone",)) == (ASK, MODULE, TEMPLATE)


def test_a_remedy_for_another_provider_is_left_out_whatever_its_name() -> None:
    at_gmail = Remedy("At Gmail.", name="template", provider=("gmail",))
    cause = Cause("t", Stage.CLIENT, "e", "s", (at_gmail, TEMPLATE), (), "auth.login")
    assert remedies_for(cause, "gmail", named=("template",)) == (at_gmail, TEMPLATE)
    assert remedies_for(cause, "zoho", named=("template",)) == (TEMPLATE,)


def answering(*found: tuple[int, PortSpeaks]) -> list[AnyEvidence]:
    answers = [PortAnswer("192.0.2.1", port, "IPv4", "open", speaks, 1.0) for port, speaks in found]
    return [*answers, Ports("another-open", tuple(port for port, _ in found))]


@pytest.mark.parametrize(
    ("found", "port", "security"),
    [
        ([(2525, "smtp")], 2525, Security.STARTTLS),
        ([(465, "tls"), (2525, "smtp")], 465, Security.TLS),
        ([(2465, "tls")], 2465, Security.TLS),
        ([(9925, "smtp")], 9925, Security.STARTTLS),
    ],
)
def test_the_port_that_was_seen_to_answer_is_the_first_remedy(
    found: list[tuple[int, PortSpeaks]], port: int, security: Security
) -> None:
    first, *others = remedies_for(BLOCKED, None, answering(*found))
    assert first.action == Action("set-endpoint", port=port, security=security)
    assert f"port {port}" in first.text
    assert "port 587" in fill(first, Account("h", 587, Security.STARTTLS)).text
    assert others == [ASK]


@pytest.mark.parametrize("evidence", [[], [Ports("all-dropped", ())], [Ports("usable", (465,))]])
def test_where_no_other_port_answers_the_remedies_stay_as_they_are(evidence: list[AnyEvidence]) -> None:
    assert remedies_for(BLOCKED, None, evidence) == (ASK, OTHER_PORT)


def test_a_cause_that_no_port_cures_is_given_none() -> None:
    cause = Cause("Wrong", Stage.AUTH, "", "", (ASK,), (), "auth.login")
    assert remedies_for(cause, None, answering((2525, "smtp"))) == (ASK,)


MISTYPED = SettingFlaw("host", "typo", "smtp.gmial.com", "smtp.gmail.com")


@pytest.mark.parametrize("stage", [Stage.SETTINGS, Stage.DNS])
def test_the_host_that_was_probably_meant_is_the_first_remedy(stage: Stage) -> None:
    cause = Cause("No such name", stage, "", "", (ASK,), (), "dns.address")
    first, *others = remedies_for(cause, None, [MISTYPED])
    assert first == Remedy("Use the host smtp.gmail.com.", action=Action("set-endpoint", host="smtp.gmail.com"))
    assert others == [ASK]


@pytest.mark.parametrize("meant", [None, "smtp.\x1b[31m"])
def test_no_host_is_offered_that_cannot_be_shown(meant: str | None) -> None:
    cause = Cause("No such name", Stage.DNS, "", "", (ASK,), (), "dns.address")
    assert remedies_for(cause, None, [SettingFlaw("host", "typo", "x", meant)]) == (ASK,)
    wrong = Cause("Wrong", Stage.AUTH, "", "", (ASK,), (), "auth.login")
    assert remedies_for(wrong, None, [MISTYPED]) == (ASK,)
