from __future__ import annotations

import msgspec

from smtpwizard.model.document import CauseDocument, RemedyDocument
from smtpwizard.model.stage import Stage
from smtpwizard.output.causes_text import cause_text, causes_text, remedy_lines

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
    decided_by="auth.login",
)
LOCKED = msgspec.structs.replace(PASSWORD, id="locked", title="The account is locked", confidence=0.2, decided_by=None)
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
    assert "A live check would: auth.login." in text
    assert "Otherwise it may be\n  • The account is locked (locked, 20%)" in text
    assert "unlikely" not in text


def test_commands_are_never_wrapped() -> None:
    command = "openssl s_client " + "-option value " * 20
    assert remedy_lines(1, RemedyDocument("Try.", (command,), (), None))[1] == f"     $ {command}"
