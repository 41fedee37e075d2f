from __future__ import annotations

from smtpwizard.knowledge.likeness import Likeness
from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.resemblance import OPEN_AT_LEAST, filled_up, leave_open

STAGES = {"full": Stage.RCPT, "password": Stage.AUTH}
LIKENESS = Likeness(
    ("full", "password"),
    {
        "mailbox": (1.0, ((0, 1.0),)),
        "room": (1.0, ((0, 1.0),)),
        "wrong": (1.0, ((1, 1.0),)),
        "the": (0.5, ((0, 0.1), (1, 0.1))),
    },
)
TEXT = "the mailbox has no room"


def finding(cause: str, confidence: float) -> Finding:
    return Finding(cause, confidence, ("“words”",), STAGES[cause])


def test_a_text_that_no_sign_knows_gets_the_causes_it_resembles_and_the_words_that_said_so() -> None:
    first, *_ = filled_up((), TEXT, LIKENESS, STAGES)
    assert (first.cause, first.stage) == ("full", Stage.RCPT)
    assert first.because == ("the word “mailbox”", "the word “room”", "the word “the”")
    assert 0 < first.confidence < 0.6


def test_what_the_signs_leave_open_is_filled_up() -> None:
    (first, second) = filled_up((finding("password", 0.3),), TEXT, LIKENESS, STAGES)
    assert (first.cause, second.cause) == ("full", "password")
    assert first.confidence + second.confidence < 1
    assert second.because == ("“words”",)


def test_sure_signs_leave_nothing_open() -> None:
    assert not leave_open((finding("password", 1.0 - OPEN_AT_LEAST + 0.01),))
    assert leave_open((finding("password", 1.0 - OPEN_AT_LEAST - 0.01),))
    assert leave_open(())


def test_a_text_without_known_words_changes_nothing() -> None:
    weak = (finding("password", 0.1),)
    assert filled_up(weak, "nothing of this is known", LIKENESS, STAGES) == weak
