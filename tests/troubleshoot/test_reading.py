from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.smtp import Reply, Security
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.reading import INPUT_LIMIT, KNOWN_CODES, read_text, unwrap

GMAIL = (
    "Username and Password not accepted. Learn more at",
    "https://support.google.com/mail/?p=BadCredentials - gsmtp",
)
NOT_ACCEPTED = Reply(535, "5.7.8", GMAIL)

ONE_REPLY = {
    "a multi-line reply": (f"535-5.7.8 {GMAIL[0]}\n535 5.7.8  {GMAIL[1]}", NOT_ACCEPTED),
    "carriage returns": (f"535-5.7.8 {GMAIL[0]}\r\n535 5.7.8  {GMAIL[1]}\r\n", NOT_ACCEPTED),
    "line breaks as escapes": (rf"Error: 535-5.7.8 {GMAIL[0]}\r\n535 5.7.8 {GMAIL[1]}", NOT_ACCEPTED),
    "a quoted mail": (f"> 535-5.7.8 {GMAIL[0]}\n> 535 5.7.8 {GMAIL[1]}", NOT_ACCEPTED),
    "JSON as nodemailer prints it": (
        json.dumps({"code": "EAUTH", "response": "535-5.7.8 Not accepted.\n535 5.7.8 gsmtp", "responseCode": 535}),
        Reply(535, "5.7.8", ("Not accepted.", "gsmtp")),
    ),
    "a Python tuple with bytes": (
        "smtplib.SMTPAuthenticationError: (535, b'5.7.8 Username and Password not accepted')",
        Reply(535, "5.7.8", ("Username and Password not accepted",)),
    ),
    "a Python tuple with bytes and no enhanced code": (
        "smtplib.SMTPAuthenticationError: (535, b'Incorrect authentication data')",
        Reply(535, None, ("Incorrect authentication data",)),
    ),
    "a Python dictionary of refused recipients": (
        "smtplib.SMTPRecipientsRefused: {'a@example.com': (550, b'5.1.1 <a@example.com>: User unknown')}",
        Reply(550, "5.1.1", ("<a@example.com>: User unknown",)),
    ),
    "a Java stack trace": (
        "javax.mail.AuthenticationFailedException: 535 5.7.3 Authentication unsuccessful\n\n"
        "\tat com.sun.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:550)\n"
        "\tat com.example.Mailer.send(Mailer.java:451)",
        Reply(535, "5.7.3", ("Authentication unsuccessful",)),
    ),
    "a line of Postfix's log": (
        "Nov 21 10:00:00 mx postfix/smtp[2550]: 4F5A: to=<a@example.com>, relay=mx.example.com[203.0.113.5]:25, "
        "delay=5.5, delays=0.1/0/4.5/0.9, dsn=5.1.1, status=bounced (host mx.example.com[203.0.113.5] said: "
        "550 5.1.1 <a@example.com>: User unknown",
        Reply(550, "5.1.1", ("<a@example.com>: User unknown",)),
    ),
    "a line of Exim's log": (
        "2026-11-21 10:00:00 1abcde-000550-AB ** a@example.com R=dnslookup T=remote_smtp H=mx.example.com "
        r"[203.0.113.5]: SMTP error from remote mail server after RCPT TO:<a@example.com>: 550-5.7.26 Not\n"
        "550 5.7.26 authenticated",
        Reply(550, "5.7.26", ("Not", "authenticated")),
    ),
    "a quoted-printable bounce": (
        "The reply was =E2=80=9Cno=E2=80=9D:=20\n550 5.7.1 Our system has detec=\nted that this is spam",
        Reply(550, "5.7.1", ("Our system has detected that this is spam",)),
    ),
    "HTML entities": (
        "said: 550 5.1.1 &lt;a@example.com&gt; unknown",
        Reply(550, "5.1.1", ("<a@example.com> unknown",)),
    ),
    "a line of qmail's log": (
        "delivery 5: failure: 192.0.2.5_does_not_like_recipient./Remote_host_said:_550_5.1.1_No_such_user/Giving_up./",
        Reply(550, "5.1.1", ("No such user/Giving up.",)),
    ),
    "a colon right before the code": ("Negative SMTP reply:550 no", Reply(550, None, ("no",))),
    "brackets around the code": ("SMTP Error (571): blocked", Reply(571, None, ("blocked",))),
    "a colon after the code": ("550: blocked by policy", Reply(550, None, ("blocked by policy",))),
    "a number sign before the enhanced code": ("550 #5.7.1 no", Reply(550, "5.7.1", ("no",))),
    "an enhanced code of another class": ("550 4.7.1 no", Reply(550, None, ("no",))),
    "a line that ends in a word before a number": (
        "550-5.1.1 no such id\n550 5.1.1 here",
        Reply(550, "5.1.1", ("no such id", "here")),
    ),
    "a code that no standard knows": ("599 This server is different", Reply(599, None, ("This server is different",))),
    "an unknown code with an enhanced one": ("said 567 5.7.1 no", Reply(567, "5.7.1", ("no",))),
}


@pytest.mark.parametrize(("text", "reply"), ONE_REPLY.values(), ids=ONE_REPLY)
def test_the_reply_is_found_in(text: str, reply: Reply) -> None:
    assert read_text(text).replies == (reply,)


def test_several_attempts_in_one_log_are_several_replies() -> None:
    log = (
        "<-  220 mx.example.com ESMTP\n -> EHLO me\n<-  250-mx.example.com\n<-  250 AUTH PLAIN LOGIN\n"
        " -> AUTH PLAIN AGFAYgBodW50ZXIy\n<** 535 5.7.8 no\n -> AUTH LOGIN\n<** 454 4.7.0 later\n"
    )
    reading = read_text(log)
    assert [reply.code for reply in reading.replies] == [220, 250, 535, 454]
    assert reading.replies[1].lines == ("mx.example.com", "AUTH PLAIN LOGIN")
    assert reading.codes == (535, 454)
    assert reading.enhanced == ("5.7.8", "4.7.0")


@pytest.mark.parametrize(
    "text",
    [
        "PHP 5.5.3 with PHPMailer 5.2.1 and OpenSSL/4.5.0",
        "smtp.example.com:587, port 465, port 550",
        "Mailer.java:535 at line 550",
        "took 451 ms, 550 kB, 421 bytes, 501 seconds, 550%",
        "id 550, pid 535, errno 421",
        "at 2026-05-50 in /srv/550/app, #535, 550th, 1.535, 535.1, 5350, x535",
        "[10.5.7.1] 192.0.2.5.7.8 v5.7.1",
        "version 5.2.1, Version 4.4.0",
        "Exim 4.9.4 and Postfix 4.7.1",
        "",
    ],
)
def test_numbers_that_are_no_codes(text: str) -> None:
    reading = read_text(text)
    assert (reading.codes, reading.enhanced) == ((), ())


@pytest.mark.parametrize("text", ["#5.1.1", "Status: 5.1.1", "dsn=5.1.1,", "(5.1.1)", "code 5.1.1: unknown"])
def test_an_enhanced_code_is_found_outside_of_replies(text: str) -> None:
    assert read_text(text).enhanced == ("5.1.1",)


def test_positive_codes_are_replies_and_no_errors() -> None:
    reading = read_text("250 2.1.5 OK")
    assert reading.replies == (Reply(250, "2.1.5", ("OK",)),)
    assert (reading.codes, reading.enhanced) == ((), ())


def test_wording_that_a_multi_line_reply_breaks_apart_is_joined() -> None:
    reading = read_text("550-5.7.26 This mail is\n550-5.7.26 unauthenticated, which poses\n550 5.7.26 a risk")
    assert reading.joined == "550-5.7.26 This mail is unauthenticated, which poses a risk"


@pytest.mark.parametrize(
    "text",
    [
        "AUTH PLAIN AGFAYgBodW50ZXIy",
        "smtp://user:hunter2@example.com",
        "SMTP_PASSWORD=hunter2",
        '"password": "hunter2"',
        "Authorization: Bearer hunter2hunter2",
    ],
)
def test_credentials_in_a_paste_are_hidden(text: str) -> None:
    reading = read_text(f"{text}\n535 5.7.8 no")
    shown = " ".join([reading.text, reading.joined, *(reply.text for reply in reading.replies)])
    assert "hunter2" not in shown
    assert "AGFAYgBodW50ZXIy" not in shown
    assert reading.codes == (535,)


def test_unicode_and_quotation_escapes_are_undone() -> None:
    assert unwrap(r"Can\u0027t \"open\" \x41 https:\/\/example.com") == 'Can\'t "open" A https://example.com'


def test_of_a_huge_text_the_beginning_and_the_end_are_read() -> None:
    noise = "noise\n" * 200_000
    text = f"421 4.3.2 begin\n{noise}550 5.1.1 middle\n{noise}535 5.7.8 end"
    reading = read_text(text)
    assert reading.codes == (421, 535)
    assert len(reading.text) <= INPUT_LIMIT + 2


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("dial tcp 203.0.113.5:465: i/o timeout", 465),
        ("connect to smtp.example.com[2001:db8::1]:587: Connection timed out", 587),
        ("Could not connect to SMTP host: smtp.example.com, port: 465, response: -1", 465),
        ("timed out connecting to smtp.example.com on port 25", 25),
        ("EMAIL_PORT=587", 587),
        ("{ host: 'smtp.example.com', port: 465, secure: true }", 465),
        ("ssl://smtp.example.com:465 failed, then smtp.example.com:465 again", 465),
        ("smtp.example.com:465 failed, then smtp.example.com:587", None),
        ("see line 465, took 587 ms, at 10:25:25, pid 25, file.c:465:1, host:25abc", None),
        ("connection refused", None),
    ],
)
def test_the_one_port_that_is_named(text: str, port: int | None) -> None:
    assert read_text(text).port == port


@pytest.mark.parametrize(
    "text",
    [
        "unable to connect to ssl://smtp.example.com:587",
        "smtps://smtp.example.com",
        "{ port: 587, secure: true }",
        "EMAIL_USE_SSL=True",
        "Port: 587, Secure(SSL): Yes",
        "smtplib.SMTP_SSL('smtp.example.com', 587)",
    ],
)
def test_tls_from_the_start_is_seen(text: str) -> None:
    assert read_text(text).security is Security.TLS


def test_other_talk_of_ssl_does_not_mean_that_it_was_used() -> None:
    assert read_text("{ secure: false } SSL routines: ssl_connect, EMAIL_USE_SSL=False").security is None


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("connect to mx.example.com[2a00:1450:400c:c08::6d]:587", "ipv6"),
        ("connect ENETUNREACH 2607:f8b0:400e:c0c::6c:587 - Local (:::0)", "ipv6"),
        ("connect to mx.example.com[203.0.113.5]:587", None),
        ("[203.0.113.5] timed out, [2a00:1450:400c:c08::6d] unreachable", None),
        ("connect ECONNREFUSED ::1:1025", "loopback"),
        ("Couldn't connect to host, port: localhost, 25; timeout -1", "loopback"),
        ('Connection refused - connect(2) for "localhost" port 25', "loopback"),
        ("dial tcp 127.0.0.1:587: connect: connection refused", "loopback"),
        ("dial tcp: lookup mx.example.com on 127.0.0.53:53: no such host", None),
        ("dial tcp: lookup mx.example.com on [::1]:53: no such host", None),
        ("550 root@localhost unknown, EHLO localhost.localdomain at 10:00:00, version 1.2.3.4.5", None),
    ],
)
def test_the_one_kind_of_address_that_is_named(text: str, family: str | None) -> None:
    assert read_text(text).family == family


BOUNCE = """\
Received: from mx.example.com by mail.example.org; Sat, 21 Nov 2026 10:00:00 +0000
X-Spam-Status: No, score=1.5, 554 words

I'm sorry to have to inform you that your message could not be delivered.

<a@example.com>: host mx.example.com[203.0.113.5] said: 550 5.1.1
    <a@example.com>: User unknown (in reply to RCPT TO command)

Final-Recipient: rfc822; a@example.com
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <a@example.com>:
    User unknown

Content-Type: message/rfc822

Subject: 421 4.7.0 Try again later
"""


def test_of_a_bounce_only_what_tells_of_the_failure_is_read() -> None:
    reading = read_text(BOUNCE)
    assert (reading.codes, reading.enhanced) == ((550,), ("5.1.1",))
    assert reading.stage is Stage.RCPT
    assert "User unknown" in reading.told
    assert "Spam" not in reading.told
    assert "Try again" not in reading.told
    assert "Try again" in reading.text


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("said: 550 5.1.1 no (in reply to RCPT TO command)", Stage.RCPT),
        ("550 no (in reply to end of DATA command)", Stage.DATA),
        ("SMTP error from remote mail server after MAIL FROM:<a@example.com>: 550 no", Stage.MAIL),
        ("{ code: 'EAUTH', command: 'AUTH PLAIN' }", Stage.AUTH),
        ('{"code": "EENVELOPE", "command": "RCPT TO"}', Stage.RCPT),
        ("SMTP ERROR: MAIL FROM command failed: 550 no", Stage.MAIL),
        ("RCPT TO:<a@example.com>: 550 no", Stage.RCPT),
        ("Error: Invalid login: 500 no such command", Stage.AUTH),
        ("smtplib.SMTPSenderRefused: (530, b'no')", Stage.MAIL),
        ("550 no (in reply to RCPT TO command) 535 no (in reply to AUTH command)", None),
        ("535 5.7.8 no", None),
    ],
)
def test_the_stage_is_that_of_the_one_command_replied_to(text: str, stage: Stage | None) -> None:
    assert read_text(text).stage is stage


def test_an_unexpected_reply_is_one_reply() -> None:
    text = 'Expected response code 250 but got code "552", with message "552 5.3.4 Too big"'
    assert read_text(text).replies == (Reply(552, "5.3.4", ("Too big",)),)


HOSTILE = {
    "spaces": " " * 64_000,
    "line breaks": "\n" * 64_000,
    "one word": "a" * 64_000,
    "words": "a." * 32_000,
    "digits": "5" * 64_000,
    "codes": "535-" * 16_000,
    "multi-line": "535-5.7.8 x\n" * 6_000,
    "numbers": "5.7." * 16_000,
    "auth": "AUTH PLAIN " * 6_000,
    "secrets": "password" * 8_000,
    "keys": "api_key-" * 8_000,
    "urls": "http://a:" * 7_000,
    "escapes": "\\n" * 32_000,
    "entities": "&lt;" * 16_000,
    "quoted-printable": "=3D=\n" * 12_000,
    "quotes": "535 'x', " * 7_000,
    "log prefix": "a: " * 21_000,
    "control": "\x1b[31m\u202e\x00" * 8_000,
    "surrogates": "\ud800" * 64_000,
    "megabytes": "535 5.7.8 no\n" * 400_000,
}


@pytest.mark.timeout(30)  # what takes quadratic time takes hours here
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_read_quickly(text: str) -> None:
    reading = read_text(text)
    assert all(character.isprintable() or character == "\n" for character in reading.text)


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    reading = read_text(text)
    assert all(character.isprintable() or character == "\n" for character in reading.text)
    assert all(200 <= reply.code < 600 for reply in reading.replies)
    assert all(400 <= code < 600 for code in reading.codes)


PIECES = st.sampled_from(
    [
        "535",
        "5.7.8",
        " ",
        "-",
        "\n",
        "\\n",
        "\\",
        "'",
        '"',
        "b'",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        "=",
        "=3D",
        "&lt;",
        "&#",
        "> ",
        "<** ",
        "AUTH PLAIN ",
        "x",
        "250",
        "smtp://",
        "@",
        "\u202e",
        "\x1b",
        "421",
        "4.",
        "é",
        "=\n",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_mixture_of_what_programs_wrap_around_replies_can_be_read(text: str) -> None:
    reading = read_text(text)
    for reply in reading.replies:
        assert reply.enhanced is None or reply.enhanced[0] == str(reply.code)[0]


@given(
    st.sampled_from(sorted(code for code in KNOWN_CODES if code >= 400)),
    st.lists(st.text(st.sampled_from("abcdefgh ijklm.,"), min_size=1, max_size=30), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n", "\\n", "\\r\\n"]),
)
def test_a_reply_of_any_length_is_read_as_one(code: int, lines: list[str], line_break: str) -> None:
    last = len(lines) - 1
    text = line_break.join(f"{code}{' ' if number == last else '-'}{line}" for number, line in enumerate(lines))
    (reply,) = read_text(text).replies
    assert reply.code == code
    assert len(reply.lines) == len(lines)


@pytest.mark.parametrize("space", [" ", "\n    "])
def test_a_code_that_lettre_prints_for_debugging_is_read_as_its_number(space: str) -> None:
    fields = f"severity: PermanentNegativeCompletion,{space}category: MailSystem,{space}detail: Four"
    assert read_text(f"Error {{ kind: Permanent(Code {{{space}{fields}{space}}}) }}").codes == (554,)


@pytest.mark.parametrize("server", ["server", "SMTP server"])
def test_a_reply_that_net_smtp_took_apart_is_read_as_one(server: str) -> None:
    text = f"[SMTP: Invalid response code received from {server} (code: 550, response: 5.7.1 Unable to relay)]"
    (reply,) = read_text(text).replies
    assert (reply.code, reply.enhanced) == (550, "5.7.1")


@pytest.mark.parametrize("whose", ["recipient domain", "server for the recipient domain"])
def test_what_gmail_writes_before_the_words_of_another_server_tells_nothing(whose: str) -> None:
    told = read_text(f"it was rejected by the {whose} example.org by mx.example.org.\n450 4.2.2 Mailbox full").told
    assert "rejected" not in told
    assert "Mailbox full" in told


@pytest.mark.parametrize("frame", ["in rcptto", "in `rcptto'", "in 'Net::SMTP#rcptto'"])
def test_a_method_of_net_smtp_names_the_command_replied_to(frame: str) -> None:
    assert read_text(f"501 Syntax error in parameters\n  net/smtp.rb:865:{frame}").stage is Stage.RCPT


def test_a_code_with_neteases_own_code_right_behind_it_is_a_reply() -> None:
    (reply,) = read_text("421HL:ICC").replies
    assert (reply.code, reply.lines) == (421, ("HL:ICC",))
