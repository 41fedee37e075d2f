from __future__ import annotations

import msgspec
import pytest

from smtpwizard.model.document import CauseDocument, RemedyDocument
from smtpwizard.model.evidence.dialogue import AuthAttempt
from smtpwizard.model.stage import Stage
from smtpwizard.output.causes_text import cause_text, causes_text, prompt, remedy_lines
from smtpwizard.output.evidence.every import describe

PASSWORD = CauseDocument(
    id="wrong-password",
    title="User name or password is wrong",
    stage=Stage.AUTH,
    confidence=0.62,
    temporary=False,
    because=("“not accepted”", "5.7.8"),
    remedies=(
        RemedyDocument("Enter it again.", ("nc h 587",), ("https://example.com/",), None, ("Open the page.",)),
        RemedyDocument("Wait.", (), (), None),
    ),
    explanation="The server does not accept them.",
    sure="Log in on the web page.",
    decided_by="auth.login",
)
LOCKED = msgspec.structs.replace(
    PASSWORD, id="locked", title="The account is locked", confidence=0.2, sure="Look for a mail that says so."
)
UNLIKELY = msgspec.structs.replace(LOCKED, id="unlikely", title="Something else", confidence=0.01)


def test_the_likeliest_cause_comes_in_full() -> None:
    assert cause_text(PASSWORD).splitlines() == [
        "User name or password is wrong  (wrong-password, 62%)",
        "  The server does not accept them.",
        "  Seen: “not accepted”; 5.7.8",
        "What to do",
        "  1. Enter it again.",
        "     - Open the page.",
        "     $ nc h 587",
        "     https://example.com/",
        "  2. Wait.",
    ]


def test_what_is_known_from_the_class_of_a_code_alone_is_said_to_be_so() -> None:
    floor = msgspec.structs.replace(PASSWORD, floor=True, temporary=True)
    text = cause_text(floor)
    assert "(wrong-password, known only from the class of the code)" in text
    assert "This may pass by itself." in text


def test_the_runners_up_and_what_would_decide_are_named() -> None:
    text = causes_text((PASSWORD, LOCKED, UNLIKELY))
    assert "How to be sure\n  Log in on the web page." in text
    assert "Otherwise it may be\n  • The account is locked (locked, 20%)\n    Look for a mail that says so." in text
    assert "unlikely" not in text


def test_where_checks_have_been_carried_out_they_are_what_makes_sure() -> None:
    assert "How to be sure" not in causes_text((PASSWORD,), evidence=[AuthAttempt("refused", "PLAIN", ("PLAIN",), 1)])


def test_facts_are_told_as_what_was_seen() -> None:
    cause = msgspec.structs.replace(PASSWORD, because=("auth:refused", "535"))
    refused = AuthAttempt("refused", "PLAIN", ("PLAIN",), 1)
    assert f"Seen: {describe(refused)}; 535" in causes_text((cause,), evidence=[refused])


def test_facts_of_a_pasted_text_are_worded_too() -> None:
    pasted = msgspec.structs.replace(PASSWORD, because=("“error: eof”", "setting:scheme-in-host"))
    assert "  Seen: “error: eof”; setting: scheme in host\n" in cause_text(pasted)


def test_commands_are_never_wrapped() -> None:
    command = "openssl s_client " + "-option value " * 20
    assert remedy_lines(1, RemedyDocument("Try.", (command,), (), None))[1] == f"     $ {command}"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("Get-CASMailbox ada@example.com | Format-List", "PS>"),
        ("$env:SMTP_PASSWORD.Length", "PS>"),
        ("w32tm /query /status", "PS>"),
        ("nslookup example.com", "$"),
        ("MAIL-FROM", "$"),
    ],
)
def test_a_command_stands_behind_the_prompt_of_its_shell(command: str, shown: str) -> None:
    assert prompt(command) == shown
    assert remedy_lines(1, RemedyDocument("Look.", (command,), (), None))[1] == f"     {shown} {command}"


def test_a_cause_with_many_remedies_shows_the_first_and_names_its_page() -> None:
    remedies = tuple(RemedyDocument(f"Do {number}.", (), (), None) for number in range(1, 6))
    text = cause_text(msgspec.structs.replace(PASSWORD, remedies=remedies))
    assert "4. Do 4.\n  More of it: smtpwizard explain wrong-password" in text
    assert "Do 5." not in text
    assert "More of it" not in cause_text(msgspec.structs.replace(PASSWORD, remedies=remedies[:4]))
