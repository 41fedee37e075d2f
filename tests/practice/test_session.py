from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import pytest

from smtpwizard.practice.received import OCTETS
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import Served, run_in_thread
from smtpwizard.practice.session import REFUSALS
from tests.practice.caller import call

Play = Callable[..., Served]
ADA, GRACE = "ada@practice.test", "grace@practice.test"


@contextmanager
def _connected(served: Served, *, secure: bool = True, log_in: bool = True) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(served.host, served.port, timeout=5) as client:
        if secure:
            client.starttls(context=ssl.create_default_context(cafile=served.ca_file))
        if log_in:
            client.login(served.username, served.password.reveal())
        client.ehlo_or_helo_if_needed()
        yield client


@contextmanager
def _dialled(served: Served) -> Iterator[tuple[socket.socket, BinaryIO]]:
    with (
        socket.create_connection((served.host, served.port), timeout=5) as client,
        client.makefile("rb") as file,
    ):
        yield client, file


def _said(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {answer[1].decode()}"


def test_a_message_is_kept_with_its_envelope_and_who_sent_it(play: Play) -> None:
    served = play()
    body = b"Subject: hello\r\n\r\n.one dot\r\n..two dots\r\nend\r\n"

    with _connected(served) as client:
        client.sendmail(ADA, [GRACE, "joan@practice.test"], body)

    (message,) = served.received()
    assert message.sender == ADA
    assert message.recipients == (GRACE, "joan@practice.test")
    assert message.content == body
    assert message.octets == len(body)
    assert message.encrypted
    assert message.username == ADA


def test_commands_are_kept_without_credentials(play: Play) -> None:
    served = play()

    with _connected(served) as client:
        client.mail(ADA)

    heard = [command.split()[0].upper() for command in served.commands()]
    assert heard == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "QUIT"]
    assert "AUTH PLAIN" in served.commands()
    assert served.password.reveal() not in "".join(served.commands())


def test_a_response_of_a_log_in_that_comes_as_a_command_is_not_kept(play: Play) -> None:
    served = play()

    with _connected(served, secure=False, log_in=False) as client:
        client.docmd("c2VjcmV0")

    assert "?" in served.commands()
    assert not any("c2VjcmV0" in command for command in served.commands())


def test_several_messages_go_over_one_connection(play: Play) -> None:
    served = play()

    with _connected(served) as client:
        for _ in range(3):
            client.sendmail(ADA, [GRACE], b"Subject: x\r\n\r\nx\r\n")

    assert len(served.received()) == 3


def test_no_more_of_a_message_is_kept_than_the_limit(play: Play) -> None:
    served = play()
    body = b"Subject: long\r\n\r\n" + b"y" * 70 * 1024 + b"\r\n" + (b"x" * 998 + b"\r\n") * 1200

    with _connected(served) as client:
        client.sendmail(ADA, [GRACE], body)

    (message,) = served.received()
    assert message.octets == len(body)
    assert message.content == body[:OCTETS]


def test_a_message_beyond_the_size_is_refused_when_announced_and_when_not(play: Play) -> None:
    served = play(size=500)

    with _connected(served) as client:
        assert _said(client.mail(ADA, ["SIZE=501"])).startswith("552 5.3.4")
        client.mail(ADA)
        client.rcpt(GRACE)
        assert _said(client.data(b"x" * 600)).startswith("552 5.3.4")
        assert client.sendmail(ADA, [GRACE], b"Subject: s\r\n\r\nshort\r\n") == {}

    assert [message.octets < 500 for message in served.received()] == [True]


def test_what_is_offered_before_and_after_tls_differs(play: Play) -> None:
    served = play()

    with _connected(served, secure=False, log_in=False) as client:
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        client.starttls(context=ssl.create_default_context(cafile=served.ca_file))
        client.ehlo()
        assert not client.has_extn("starttls")
        assert client.esmtp_features["auth"].split() == ["PLAIN", "LOGIN"]


@pytest.mark.parametrize(
    ("mechanism", "attribute"), [("PLAIN", "auth_plain"), ("LOGIN", "auth_login"), ("CRAM-MD5", "auth_cram_md5")]
)
@pytest.mark.parametrize("initial", [True, False])
def test_smtplib_logs_in_by_each_of_its_mechanisms(mechanism: str, attribute: str, initial: bool, play: Play) -> None:
    served = play(mechanisms=[mechanism])

    with _connected(served, log_in=False) as client:
        client.ehlo()
        client.user, client.password = served.username, served.password.reveal()
        code, _ = client.auth(mechanism, getattr(client, attribute), initial_response_ok=initial)

    assert code == 235


def test_a_log_in_can_be_cancelled_and_tried_again(play: Play) -> None:
    served = play()

    with _connected(served, log_in=False) as client:
        client.ehlo()
        assert client.docmd("AUTH", "LOGIN")[0] == 334
        assert client.docmd("*")[0] == 501
        assert client.login(served.username, served.password.reveal())[0] == 235


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["MAIL FROM:<a@practice.test>"], 530),
        (["EHLO c", "AUTH PLAIN AGEAYg=="], 530),
        (["RCPT TO:<a@practice.test>"], 503),
        (["DATA"], 503),
        (["EHLO"], 501),
        (["STARTTLS now"], 501),
        (["NOOP"], 250),
        (["RSET"], 250),
        (["VRFY ada"], 252),
        (["HELP"], 214),
        (["BDAT 3 LAST"], 502),
        (["X" * 20_000], 500),
    ],
)
def test_commands_out_of_order_or_unknown_get_the_code_that_the_standard_gives_them(
    commands: list[str], code: int, play: Play
) -> None:
    served = play()

    with _connected(served, secure=False, log_in=False) as client:
        answers = [client.docmd(command)[0] for command in commands]

    assert answers[-1] == code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("MAIL FROM:ada@practice.test", 501),
        ("MAIL TO:<ada@practice.test>", 501),
        ("MAIL FROM:<>", 250),
        ("MAIL FROM:<adä@practice.test>", 553),
        ("MAIL FROM:<adä@practice.test> SMTPUTF8", 250),
        ("AUTH PLAIN AGEAYg==", 503),
        ("STARTTLS", 503),
    ],
)
def test_arguments_are_read_by_the_standard(command: str, code: int, play: Play) -> None:
    served = play()

    with _connected(served) as client:
        client.command_encoding = "utf-8"
        assert client.docmd(command)[0] == code


def test_whoever_keeps_being_refused_is_turned_away(play: Play) -> None:
    served = play()

    with _connected(served, secure=False, log_in=False) as client:
        codes = [client.docmd("NONSENSE")[0] for _ in range(REFUSALS + 1)]
        assert client.getreply()[0] == 421

    assert set(codes) == {502}


@pytest.mark.parametrize(
    ("name", "alert"),
    [
        ("tls-old-versions", "alert protocol version"),
        ("tls-old-versions-tls", "alert protocol version"),
        ("tls-no-common-cipher", "alert handshake failure"),
        ("client-certificate", "alert handshake failure"),
        ("client-certificate-tls13", "alert certificate required"),
        ("handshake-alert", "alert handshake failure"),
    ],
)
def test_a_client_is_told_by_an_alert_why_the_handshake_failed(name: str, alert: str) -> None:
    scenario = load_scenarios()[name]
    with run_in_thread(scenario) as (served,):
        outcome = call(served, scenario)

    assert alert in outcome.words.replace("_", " ").lower()


def test_the_last_words_arrive_though_the_client_says_more_than_is_read(play: Play) -> None:
    served = play(security="none", on=[{"step": "noop", "reply": ["421 4.3.2 Leaving"], "then": "close"}])

    with _dialled(served) as (client, file):
        client.sendall(b"NOOP\r\n" + b"NOOP unread\r\n" * 100)
        assert file.readline().startswith(b"220")
        assert file.readline().startswith(b"421")
        assert file.readline() == b""


def test_tls_ends_with_a_farewell(play: Play) -> None:
    served = play(security="tls")
    context = ssl.create_default_context(cafile=served.ca_file)

    with (
        socket.create_connection((served.host, served.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=served.name, suppress_ragged_eofs=False) as secure,
        secure.makefile("rb") as file,
    ):
        secure.sendall(b"QUIT\r\n")
        assert [line[:3] for line in file] == [b"220", b"221"]


def test_commands_sent_before_the_handshake_do_not_count_as_encrypted(play: Play) -> None:
    served = play()

    with (
        socket.create_connection((served.host, served.port), timeout=5) as plain,
        plain.makefile("rb", buffering=0) as file,
    ):
        file.readline()
        plain.sendall(b"EHLO c\r\n")
        while file.readline()[3:4] == b"-":
            pass
        plain.sendall(b"STARTTLS\r\nNOOP injected\r\n")
        assert file.readline().startswith(b"220")
        context = ssl.create_default_context(cafile=served.ca_file)
        with context.wrap_socket(plain, server_hostname=served.name) as secure:
            secure.sendall(b"QUIT\r\n")
            assert secure.recv(100).startswith(b"221")

    assert "NOOP injected" not in served.commands()


def test_a_dot_on_a_line_that_ends_in_a_bare_line_feed_ends_no_message(play: Play) -> None:
    served = play(security="none", auth_required=False)

    with _dialled(served) as (client, file):
        for line in (b"EHLO c", b"MAIL FROM:<a@practice.test>", b"RCPT TO:<b@practice.test>", b"DATA"):
            client.sendall(line + b"\r\n")
        client.sendall(b"one\n.\nMAIL FROM:<smuggled@practice.test>\r\n.\r\nQUIT\r\n")
        answers = file.read()

    assert answers.endswith(b"221 2.0.0 Bye\r\n")
    (message,) = served.received()
    assert b"smuggled" in message.content


def test_pipelined_commands_are_answered_in_order(play: Play) -> None:
    served = play(security="none", auth_required=False)

    with _dialled(served) as (client, file):
        client.sendall(
            b"EHLO c\r\nMAIL FROM:<a@practice.test>\r\nRCPT TO:<b@practice.test>\r\nRCPT TO:<>\r\nRSET\r\nQUIT\r\n"
        )
        codes = [line[:3] for line in file if line[3:4] == b" "]

    assert codes == [b"220", b"250", b"250", b"250", b"501", b"250", b"221"]


def test_after_a_greeting_that_refuses_nothing_but_quit_is_heard(play: Play) -> None:
    served = play(on=[{"step": "greeting", "reply": ["554 No service"]}])

    with _dialled(served) as (client, file):
        client.sendall(b"EHLO c\r\nQUIT\r\n")
        codes = [line[:3] for line in file]

    assert codes == [b"554", b"503", b"221"]


def test_greylisting_remembers_each_recipient(play: Play) -> None:
    with run_in_thread(load_scenarios()["greylisting"]) as (served,):
        for expected in (451, 250):
            with _connected(served) as client:
                client.mail(ADA)
                assert client.rcpt(GRACE)[0] == expected
        with _connected(served) as client:
            client.mail(ADA)
            assert client.rcpt("joan@practice.test")[0] == 451


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("gmail-app-password", 534, "5.7.9 Application-specific password required"),
        ("microsoft-tenant-off", 535, "SmtpClientAuthentication is disabled for the Tenant"),
        ("auth-temporary", 454, "4.7.0 Temporary authentication failure"),
    ],
)
def test_a_refused_log_in_is_worded_like_the_providers(name: str, code: int, words: str) -> None:
    with (
        run_in_thread(load_scenarios()[name]) as (served,),
        _connected(served, log_in=False) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as caught,
    ):
        client.login(served.username, served.password.reveal())

    assert caught.value.smtp_code == code
    assert words in str(caught.value.smtp_error)


def test_a_sender_is_refused_only_after_a_good_log_in() -> None:
    with run_in_thread(load_scenarios()["sender-refused"]) as (served,), _connected(served) as client:
        assert _said(client.mail("boss@practice.test")).startswith("553 5.7.1")
        assert client.mail(ADA)[0] == 250
