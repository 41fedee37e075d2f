from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.smtp import (
    EnhancedStatus,
    Extensions,
    Limits,
    Mechanism,
    Reply,
    ReplyFlaw,
    ReplySyntaxError,
    Security,
    parse_reply,
    read_port,
    split_reply_line,
)
from smtpwizard.model.text import printable


@pytest.mark.parametrize("security", Security)
def test_a_port_that_is_registered_for_a_security_is_its_usual_one(security: Security) -> None:
    registered = Security.registered_for(security.usual_port)
    assert registered is (security if security is not Security.NONE else None)


@pytest.mark.parametrize(
    ("port", "security"),
    [
        (465, Security.TLS),
        (2465, Security.TLS),
        (587, Security.STARTTLS),
        (25, Security.STARTTLS),
        (9, Security.STARTTLS),
    ],
)
def test_the_port_tells_what_is_spoken_there_by_custom(port: int, security: Security) -> None:
    assert Security.of_port(port) is security


@pytest.mark.parametrize(
    ("lines", "reply", "flaws"),
    [
        (["250 OK"], Reply(250, None, ("OK",)), []),
        (["250"], Reply(250, None, ("",)), []),
        (["250 "], Reply(250, None, ("",)), []),
        (["250 2.1.0 Sender OK"], Reply(250, "2.1.0", ("Sender OK",)), []),
        (["535-5.7.8 Bad", "535 5.7.8 Try again"], Reply(535, "5.7.8", ("Bad", "Try again")), []),
        (["535-5.7.8 Bad", "535 Try again"], Reply(535, "5.7.8", ("Bad", "Try again")), []),
        (["535-Bad", "535 5.7.8 Try again"], Reply(535, "5.7.8", ("Bad", "Try again")), []),
        (["550 5.7.1"], Reply(550, "5.7.1", ("",)), []),
        (["550 5.7.1-text"], Reply(550, None, ("5.7.1-text",)), []),
        (["550 15.7.1 text"], Reply(550, None, ("15.7.1 text",)), []),
        (["550 5.7.1000 text"], Reply(550, None, ("5.7.1000 text",)), []),
        (["550 3.7.1 text"], Reply(550, None, ("3.7.1 text",)), []),
        (["250-one", "550 two"], Reply(550, None, ("one", "two")), [ReplyFlaw.DIFFERING_CODES]),
        (
            ["550-5.7.1 one", "550 5.1.1 two"],
            Reply(550, "5.7.1", ("one", "two")),
            [ReplyFlaw.DIFFERING_ENHANCED],
        ),
        (["550 4.7.1 later"], Reply(550, None, ("later",)), [ReplyFlaw.CLASS_MISMATCH]),
        (
            ["450-5.7.1 no", "450 4.7.1 later"],
            Reply(450, "4.7.1", ("no", "later")),
            [ReplyFlaw.DIFFERING_ENHANCED],
        ),
        (["334 VXNlcm5hbWU6"], Reply(334, None, ("VXNlcm5hbWU6",)), []),
        (["220 [/b]\\x1b[31m"], Reply(220, None, ("[/b]\\x1b[31m",)), []),
    ],
)
def test_a_reply_is_read_with_its_flaws(lines: list[str], reply: Reply, flaws: list[ReplyFlaw]) -> None:
    assert parse_reply(lines) == (reply, tuple(flaws))


@pytest.mark.parametrize(
    "line", ["", "hello", "25", "2500 x", "150 early", "650 late", "250_x", "-ERR", "٢٥٠ OK", " 250 OK", "250x"]
)
def test_what_is_no_reply_is_said_to_be_none(line: str) -> None:
    with pytest.raises(ReplySyntaxError) as raised:
        parse_reply([line])
    assert raised.value.line == line


def test_no_line_is_no_reply() -> None:
    with pytest.raises(ReplySyntaxError):
        parse_reply([])


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_no_bytes_break_the_reading(lines: list[bytes]) -> None:
    try:
        reply, _ = parse_reply([printable(line) for line in lines])
    except ReplySyntaxError:
        return
    assert 200 <= reply.code < 600
    assert len(reply.lines) == len(lines)
    assert str(reply).startswith(str(reply.code))


words = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=8)
plain_texts = st.lists(words, max_size=4).map(" ".join).filter(lambda text: "." not in text)


@given(
    code=st.integers(200, 599),
    detail=st.none() | st.tuples(st.integers(0, 999), st.integers(0, 999)),
    texts=st.lists(plain_texts, min_size=1, max_size=5),
)
def test_a_reply_that_was_written_is_read_back(code: int, detail: tuple[int, int] | None, texts: list[str]) -> None:
    enhanced = None
    if detail is not None and code // 100 != 3:
        enhanced = f"{code // 100}.{detail[0]}.{detail[1]}"
    prefix = "" if enhanced is None else f"{enhanced} "
    lines = [f"{code}-{prefix}{text}" for text in texts[:-1]] + [f"{code} {prefix}{texts[-1]}"]
    assert parse_reply(lines) == (Reply(code, enhanced, tuple(texts)), ())


def test_only_a_hyphen_means_that_more_follows() -> None:
    assert split_reply_line("250-SIZE") == (250, False, "SIZE")
    assert split_reply_line("250 SIZE") == (250, True, "SIZE")
    assert split_reply_line("250") == (250, True, "")


@pytest.mark.parametrize(("code", "positive"), [(220, True), (354, True), (421, False), (550, False)])
def test_the_first_digit_says_how_it_stands(code: int, positive: bool) -> None:
    assert Reply(code, None, ()).is_positive is positive


def test_a_reply_is_shown_as_it_would_be_said() -> None:
    assert str(Reply(535, "5.7.8", ("Bad", "", "Try again"))) == "535 5.7.8 Bad Try again"


@pytest.mark.parametrize("text", ["5.7.8", "2.0.0", "4.999.999"])
def test_an_enhanced_code_is_read_and_written(text: str) -> None:
    assert str(EnhancedStatus.parse(text)) == text


@pytest.mark.parametrize("text", ["", "5.7", "5.7.8.9", "3.7.8", "5.7.1000", "5.7.x", "٥.7.8", "5.7.8\n"])
def test_what_is_no_enhanced_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no enhanced status code"):
        EnhancedStatus.parse(text)


def offers(*lines: str) -> Extensions:
    return Extensions.parse(Reply(250, None, ("mail.example.test Hello", *lines)))


def test_offers_are_read_whatever_their_case() -> None:
    found = offers("SIZE 35882577", "8bitmime", "StartTls", "PIPELINING", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    assert found.starttls
    assert found.pipelining
    assert found.smtputf8
    assert found.size == 35882577
    assert found.keywords[:2] == ("SIZE", "8BITMIME")


def test_the_first_line_offers_nothing() -> None:
    assert Extensions.parse(Reply(250, None, ("STARTTLS",))).keywords == ()
    assert Extensions.parse(Reply(250, None, ())).keywords == ()


def test_mechanisms_come_from_both_spellings_without_repetition() -> None:
    assert offers("AUTH PLAIN login", "AUTH=LOGIN PLAIN XOAUTH2").auth == ("PLAIN", "LOGIN", "XOAUTH2")
    assert offers("AUTH=LOGIN").keywords == ("AUTH",)


@pytest.mark.parametrize(
    ("line", "size"),
    [("SIZE", 0), ("SIZE 0", 0), ("SIZE abc", 0), ("SIZE " + "9" * 30, 0), ("SIZE -1", 0), ("SIZE ²", 0)],
)
def test_a_size_that_says_nothing_is_no_limit(line: str, size: int) -> None:
    assert offers(line).size == size
    assert offers().size is None


@given(st.lists(st.text(max_size=60), max_size=8))
def test_no_text_breaks_the_reading_of_offers(lines: list[str]) -> None:
    assert all(word == word.upper() for word in offers(*lines).keywords if word.isascii())


def test_the_oauth_mechanisms_take_a_token() -> None:
    assert {mechanism for mechanism in Mechanism if mechanism.takes_token} == {
        Mechanism.XOAUTH2,
        Mechanism.OAUTHBEARER,
    }


@pytest.mark.parametrize(
    ("line", "limits"),
    [
        ("LIMITS RCPTMAX=100 MAILMAX=1 RCPTDOMAINMAX=5", Limits(1, 100, 5)),
        ("limits rcptmax=20", Limits(rcpt=20)),
        ("LIMITS", Limits()),
        ("LIMITS RCPTMAX=0 MAILMAX=1000000 RCPTDOMAINMAX=x OTHERMAX=3", Limits()),
        ("LIMITS RCPTMAX= =5 RCPTMAX=³", Limits()),
    ],
)
def test_limits_are_read(line: str, limits: Limits) -> None:
    assert Extensions.parse(Reply(250, None, ("mail.test", line))).limits == limits


@pytest.mark.parametrize(("text", "port"), [("587", 587), ("0025", 25), ("65535", 65535)])
def test_a_port_is_read_from_its_digits(text: str, port: int) -> None:
    assert read_port(text) == port


@pytest.mark.parametrize("text", ["", "0", "65536", "+25", " 25", "2_5", "٢٥", "-1", "25.0", "5" * 5000])
def test_what_is_no_port_is_none(text: str) -> None:
    assert read_port(text) is None
