from __future__ import annotations

import base64

import pytest

from smtpwizard.model.event import Direction, TranscriptLine
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.dialogue import Capabilities, ReplyReceived
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import MASK
from smtpwizard.runner.redaction import HELD, Transcript, without_secret

SECRET = Secret("open-Sesame-42")


def received(*texts: str) -> list[str]:
    """What is shown of these lines of a server, in the end."""
    transcript = Transcript()
    shown = [line for text in texts for line in transcript.add(TranscriptLine(0, Direction.RECEIVE, text), SECRET)]
    return [line.text for line in (*shown, *transcript.release())]


def test_words_of_the_other_side_lose_the_secret() -> None:
    reply = ReplyReceived(Stage.GREETING, None, 220, None, ("hello open-Sesame-42", "or 24-emaseS-nepo"), 1.0)
    kept = without_secret(reply, SECRET)
    assert isinstance(kept, ReplyReceived)
    assert kept.lines == (f"hello {MASK}", f"or {MASK}")


def test_a_secret_in_two_lines_of_a_reply_is_hidden_in_both() -> None:
    reply = ReplyReceived(Stage.AUTH, "AUTH", 535, None, ("no: open-Ses", "ame-42 is wrong"), 1.0)
    kept = without_secret(reply, SECRET)
    assert isinstance(kept, ReplyReceived)
    assert kept.lines == (f"no: {MASK}", f"{MASK} is wrong")


def test_what_we_say_ourselves_stays_as_it_is() -> None:
    connection = Connection("open-Sesame-42.test", "192.0.2.1", 587, "IPv4", "open", None, 1.0)
    assert without_secret(connection, SECRET) is connection


def test_a_fact_without_the_secret_is_the_same_fact() -> None:
    offers = Capabilities(True, "mail.test", ("AUTH",), ("PLAIN",), None)
    assert without_secret(offers, SECRET) is offers
    assert without_secret(offers, None) is offers


@pytest.mark.parametrize("codes", [("535-", "535 "), ("535-5.7.8 ", "535 5.7.8 ")])
def test_the_transcript_hides_a_secret_that_goes_on_in_the_next_line(codes: tuple[str, str]) -> None:
    assert received(f"{codes[0]}no open-S", f"{codes[1]}esame-42 taken") == [
        f"{codes[0]}no {MASK}",
        f"{codes[1]}{MASK} taken",
    ]


def test_the_transcript_hides_base64_over_three_lines() -> None:
    encoded = base64.b64encode(b"open-Sesame-42").decode()
    lines = received(f"535-{encoded[:6]}", f"535-{encoded[6:12]}", f"535 {encoded[12:]}")
    assert encoded[:6] not in lines[0]
    assert encoded[6:12] not in lines[1]


def test_an_innocent_line_is_shown_at_once() -> None:
    transcript = Transcript()
    line = TranscriptLine(0, Direction.RECEIVE, "250 fine")
    assert transcript.add(line, SECRET) == [line]


def test_a_line_that_waited_comes_before_what_we_say_next() -> None:
    transcript = Transcript()
    waits = TranscriptLine(0, Direction.RECEIVE, "250 go")
    assert transcript.add(waits, SECRET) == []
    ours = TranscriptLine(1, Direction.SEND, "QUIT")
    assert transcript.add(ours, SECRET) == [waits, ours]


def test_lines_do_not_wait_for_ever() -> None:
    transcript = Transcript()
    shown = [transcript.add(TranscriptLine(0, Direction.RECEIVE, "250-o"), SECRET) for _ in range(HELD)]
    assert len(shown[-1]) == HELD
