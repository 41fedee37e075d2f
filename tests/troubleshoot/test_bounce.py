from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.troubleshoot.bounce import opened, text_of_html, told
from smtpwizard.troubleshoot.reading import read_text

REASON = "550 5.1.1 <bob@example.org>: User unknown"
HEADERS = (
    "Return-Path: <>\nReceived: from mx.example.org (mx.example.org [192.0.2.25])\n\tby mx.example.com\n"
    "From: MAILER-DAEMON@mx.example.com\nTo: user@example.com\nSubject: Undelivered Mail Returned to Sender\n"
    "Date: Mon, 2 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
)
QUOTED = "Return-Path: <user@example.com>\nSubject: 554 5.7.1 spam\nFrom: user@example.com\n\nFull, said the virus.\n"
REPORT = (
    f'{HEADERS}Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    "--b\nContent-Type: text/plain\n\nThis is the mail system at host mx.example.com.\n\n"
    f"<bob@example.org>: host mx.example.org[192.0.2.25] said:\n    {REASON}\n\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
    f"Final-Recipient: rfc822; bob@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {REASON}\n\n"
    f"--b\nContent-Type: message/rfc822\n\n{QUOTED}\n--b--\n"
)


def encoded(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def test_a_report_is_read_without_headers_and_the_message_it_returns() -> None:
    reading = read_text(REPORT)
    assert reading.codes == (550,)
    assert reading.enhanced == ("5.1.1",)
    assert "User unknown" in reading.told
    assert "virus" not in reading.told
    assert "Return-Path" not in reading.told


WHOLE = {
    "text alone": f"{HEADERS}Content-Type: text/plain\n\n{REASON}\n",
    "base64": f"{HEADERS}Content-Transfer-Encoding: base64\n\n{encoded(REASON)}",
    "quoted-printable": (
        f"{HEADERS}Content-Transfer-Encoding: quoted-printable\n\n550 5.1.1 <bob@example.org>: Us=\ner unknown=20\n"
    ),
    "HTML": (
        f"{HEADERS}Content-Type: text/html\n\n"
        "<html><style>p {}</style><p>550 5.1.1 &lt;bob@example.org&gt;:<br>User unknown</p>"
    ),
    "an unknown character set": (
        f"{HEADERS}Content-Type: text/plain; charset=x-none\nContent-Transfer-Encoding: 8bit\n\n{REASON}\n"
    ),
    "carriage returns": f"{HEADERS}\n{REASON}\n".replace("\n", "\r\n"),
    "the line of a mailbox": f"From MAILER-DAEMON Mon Nov  2 10:00:00 2026\n{HEADERS}\n{REASON}\n",
    "a report within a message": (
        f'{HEADERS}Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n{REPORT}'
    ),
}


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_the_words_of_a_whole_mail_are_found(text: str) -> None:
    reading = read_text(text)
    assert reading.enhanced == ("5.1.1",)
    assert "User unknown" in " ".join(reading.told.split())
    assert "Returned to Sender" not in reading.told


def test_the_plain_part_is_preferred_to_the_same_in_html() -> None:
    text = (
        f'{HEADERS}Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n{REASON}\n'
        "--b\nContent-Type: text/html\n\n<p>Your account is blocked</p>\n--b--\n"
    )
    assert opened(text).strip() == REASON


def test_a_part_pasted_alone_is_decoded() -> None:
    text = f"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{encoded(REASON)}"
    assert read_text(text).enhanced == ("5.1.1",)
    assert opened("Content-Transfer-Encoding: base64\n\nAAAAA\n") == "Content-Transfer-Encoding: base64\n\nAAAAA\n"


@pytest.mark.parametrize("text", ["", REASON, f"From: a\n{REASON}\n", "Subject: a\n\nTo: b\n\n", "<p>550 no</p>\n"])
def test_what_is_no_mail_stays_as_it_is(text: str) -> None:
    assert opened(text) == text


MARKS = [
    "--- Below this line is a copy of the message.",
    "------ This is a copy of the message, including all the headers. ------",
    "----- Original message -----",
    "-----Original Message-----",
    "Original message headers:",
    "   ----- Original message follows -----",
    "Content-Type: message/rfc822",
    "Content-Type: text/rfc822-headers",
    "---------- Message d'origine ----------",
]


@pytest.mark.parametrize("mark", MARKS)
def test_what_a_bounce_quotes_tells_nothing(mark: str) -> None:
    assert told(f"{REASON}\n\n{mark}\n\n{QUOTED}").strip() == REASON


def test_a_quoted_message_alone_is_read_all_the_same() -> None:
    assert REASON in told(f"----- Original message -----\n{REASON}")


def test_that_a_session_was_encrypted_tells_nothing() -> None:
    line = "postfix/smtp[1]: Untrusted TLS connection established to mx.example.org[192.0.2.25]:25: TLSv1.3"
    assert told(f"{line}\n{REASON}") == REASON
    assert told(f"{line}\n") == f"{line}\n"


def test_headers_tell_nothing_where_there_are_several() -> None:
    assert told(f"From: user@example.com\nSubject: virus\n\tfound\n{REASON}") == REASON
    assert told(f"From: header missing\n{REASON}") == f"From: header missing\n{REASON}"
    assert told("From: a\nSubject: b") == "From: a\nSubject: b"


def test_a_last_header_that_goes_on_over_lines_is_one_header() -> None:
    text = "Status: 5.0.0\nX-Supplementary-Info: <mx.example.com smtp; 554 delivery error:\n This mailbox is disabled>"
    assert told(text) == text


def test_a_delivery_status_speaks_for_the_words_around_it() -> None:
    text = (
        "Delivery has failed. If you sent spam, your mailbox is full or blocked, write to us.\n\n"
        f"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {REASON}\n\nThank you.\n"
    )
    assert told(text) == f"Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; {REASON}"


def test_html_becomes_lines() -> None:
    assert text_of_html("<title>x</title><p>a &amp; b<br/>c</p><!-- d -->").split("\n") == ["", "a & b", "c", ""]


@given(st.text(max_size=300))
def test_any_text_can_be_opened(text: str) -> None:
    opened(text)
    opened(HEADERS + text)
    opened(f'{HEADERS}Content-Type: multipart/mixed; boundary="b"\n\n--b\n{text}\n--b--')
    told(text)


HOSTILE = {
    "headers without end": "Subject: a\n" * 6000,
    "folded lines": "Subject: a\n" + " a\n" * 15000,
    "open tags": HEADERS + "Content-Type: text/html\n\n" + "<p " * 20000,
    "open styles": HEADERS + "Content-Type: text/html\n\n" + "<style>" * 9000,
    "open comments": HEADERS + "Content-Type: text/html\n\n" + "<!-- " * 12000,
    "nested parts": HEADERS
    + 'Content-Type: multipart/mixed; boundary="b"\n\n'
    + "--b\nContent-Type: message/rfc822\n\n" * 1500,
    "open styles with names": HEADERS + "Content-Type: text/html\n\n" + "<style " * 9000,
    "parts within parts": HEADERS
    + "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(1200)),
    "base64 marks": "Content-Transfer-Encoding: base64\n" * 1900,
}


@pytest.mark.timeout(20)  # what takes quadratic time takes minutes here
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_is_opened_quickly(text: str) -> None:
    assert told(opened(text)) is not None


@pytest.mark.parametrize("charset", ["idna", "undefined", "nothing-known", "utf-8\x00", "rot13", "hex"])
def test_a_character_set_that_decodes_nothing_is_taken_for_utf8(charset: str) -> None:
    mail = f"{HEADERS}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\nNTUwIG5v\n"
    assert "550 no" in opened(mail)


def test_a_character_set_that_decodes_to_half_a_character_is_read_to_the_end() -> None:
    body = base64.b64encode(b"550 no =\n\\ud800=\n=20=20").decode()
    mail = f"{HEADERS}Content-Type: text/plain; charset=unicode_escape\nContent-Transfer-Encoding: base64\n\n{body}\n"
    assert [reply.code for reply in read_text(mail).replies] == [550]


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "binary", ""])
def test_text_that_is_not_encoded_stays_as_it_is(encoding: str) -> None:
    header = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    mail = f"{HEADERS}Content-Type: text/plain; charset=utf-8\n{header}\n550 Empfänger für Größe € unbekannt\n"
    assert "550 Empfänger für Größe € unbekannt" in opened(mail)


def test_what_a_reader_of_html_never_sees_is_left_out() -> None:
    shown = text_of_html("<HEAD><title>x</title></HEAD><Style a>y</STYLE>550 <!-- z --> no<script>w")
    assert shown.split() == ["550", "now"]


def test_a_field_that_has_lost_its_indentation_is_read_to_its_end() -> None:
    lines = (
        "Reporting-MTA: dns; mx.example.com",
        "Diagnostic-Code: X-Postfix; connect to",
        "192.0.2.1: No route",
        "x: y",
    )
    assert told("\n".join(lines)).splitlines() == list(lines[1:3])
