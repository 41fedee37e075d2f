from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from smtpwizard.model.evidence.dialogue import AuthAttempt, MessageSent
from smtpwizard.model.report_document import ReportDocument
from tests.integration.parts.mail_server import MailServer
from tests.integration.parts.mailboxes import ALICE, BOB

pytestmark = pytest.mark.real

STAGES_OF_A_FULL_RUN = {
    "settings",
    "environment",
    "dns",
    "connect",
    "greeting",
    "ehlo",
    "starttls",
    "tls",
    "auth",
    "mail",
    "rcpt",
}


def run_check(
    server: MailServer,
    listener: str,
    *more: str,
    security: str = "starttls",
    password: str = ALICE.password,
    username: str | None = ALICE.address,
    to: str | None = BOB.address,
    host: str = "localhost",
) -> tuple[int, ReportDocument, bytes]:
    command = [sys.executable, "-m", "smtpwizard", "check", "--json", "--no-input", "--timeout", "5"]
    command += ["--host", host, "--port", str(server.ports[listener]), "--security", security]
    command += ["--username", username, "--password-stdin"] if username is not None else []
    command += ["--ca-file", str(server.certificates.authority_file)]
    command += ["--to", to] if to is not None else []
    done = subprocess.run([*command, *more], input=password.encode(), capture_output=True, timeout=60, check=False)
    assert done.stdout, done.stderr.decode()
    return done.returncode, msgspec.json.decode(done.stdout, type=ReportDocument), done.stdout + done.stderr


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_every_stage_passes_on_a_healthy_server(mail_server: MailServer, security: str) -> None:
    status, report, _ = run_check(mail_server, security, security=security)
    assert (status, report.verdict) == (0, "pass"), [(c.id, c.status, c.summary) for c in report.checks]
    expected = STAGES_OF_A_FULL_RUN - ({"starttls"} if security == "tls" else set())
    assert {check.stage for check in report.checks if check.status == "pass"} == expected
    assert report.causes == ()


def test_a_wrong_password_is_named_first_and_appears_nowhere(mail_server: MailServer) -> None:
    status, report, output = run_check(mail_server, "starttls", password="a-wrong-password-4711")
    assert (status, report.verdict) == (1, "fail")
    assert report.causes[0].id == "wrong-password"
    attempts = [e for check in report.checks for e in check.evidence if isinstance(e, AuthAttempt)]
    assert [attempt.attempts for attempt in attempts] == [1]
    assert b"a-wrong-password-4711" not in output


@pytest.mark.parametrize(
    ("listener", "cause"),
    [
        ("expired", "tls-cert-expired"),
        ("self-signed", "tls-cert-self-signed"),
        ("wrong-name", "tls-cert-hostname-mismatch"),
        ("none", "starttls-not-offered"),
        ("no-auth", "auth-not-offered"),
    ],
)
def test_a_faulty_port_is_told_by_its_fault(mail_server: MailServer, listener: str, cause: str) -> None:
    status, report, _ = run_check(mail_server, listener)
    assert status == 1
    assert report.causes[0].id == cause, [(c.id, c.confidence) for c in report.causes]


def test_the_wrong_tls_mode_is_told_both_ways(postfix: MailServer) -> None:
    _, report, _ = run_check(postfix, "starttls", security="tls")
    assert report.causes[0].id == "wrong-port-starttls"
    _, report, _ = run_check(postfix, "tls", security="starttls")
    assert report.causes[0].id == "wrong-port-implicit-tls"


def test_an_unknown_recipient_and_a_foreign_sender_are_told_apart(mail_server: MailServer) -> None:
    _, report, _ = run_check(mail_server, "starttls", to="nobody@example.test")
    assert report.causes[0].id == "recipient-unknown"
    _, report, _ = run_check(mail_server, "starttls", "--from", "bob@example.test")
    assert report.causes[0].id == "sender-not-owned"


def test_a_message_that_is_too_large_for_the_server_is_told(mail_server: MailServer) -> None:
    status, report, _ = run_check(mail_server, "tiny", "--send")
    assert status == 1
    assert report.causes[0].id == "message-too-large", [(c.id, c.confidence) for c in report.causes]


def test_relaying_without_a_log_in_is_refused_and_named(mail_server: MailServer) -> None:
    _, report, _ = run_check(
        mail_server, "starttls", "--from", "alice@example.test", username=None, to="someone@elsewhere.test"
    )
    assert report.verdict == "fail"
    assert report.causes[0].id in {"relay-denied", "auth-required", "credentials-not-sent"}


def test_a_log_in_before_tls_is_told_where_the_server_wants_tls_first(mail_server: MailServer) -> None:
    _, report, _ = run_check(mail_server, "starttls", security="none")
    assert report.causes[0].id in {"auth-needs-tls", "tls-required"}


def test_one_real_message_arrives(mail_server: MailServer) -> None:
    status, report, _ = run_check(mail_server, "starttls", "--send")
    assert (status, report.verdict) == (0, "pass")
    sent = next(e for check in report.checks for e in check.evidence if isinstance(e, MessageSent))
    message = mail_server.mail.wait_for_message(sent.token.encode())
    assert sent.message_id.encode() in message


def test_a_silent_port_ends_in_time_and_does_not_advise_more_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        kept: list[socket.socket] = []
        thread = threading.Thread(target=lambda: _accept_for_ever(listening, kept), daemon=True)
        thread.start()
        command = [sys.executable, "-m", "smtpwizard", "check", "--json", "--host", "127.0.0.1", "--timeout", "2"]
        command += ["--port", str(listening.getsockname()[1]), "--security", "starttls"]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        listening.shutdown(socket.SHUT_RDWR)
    for connection in kept:
        connection.close()
    report = msgspec.json.decode(done.stdout, type=ReportDocument)
    assert done.returncode == 1
    assert report.causes[0].id == "no-greeting"
    greeting = next(check for check in report.checks if check.id == "greeting.banner")
    assert greeting.duration_ms <= 3000
    for cause in report.causes:
        for remedy in cause.remedies:
            assert "timeout" not in remedy.text.lower()


def _accept_for_ever(listening: socket.socket, kept: list[socket.socket]) -> None:
    while True:
        try:
            kept.append(listening.accept()[0])
        except OSError:
            return


def test_a_name_is_looked_up_where_the_run_says(postfix: MailServer, serve_zones: object) -> None:
    assert callable(serve_zones)
    zone = "$TTL 60\n@ SOA ns hostmaster 1 60 60 60 60\n@ NS ns\nns A 127.0.0.1\nmail A 127.0.0.1\nnone TXT empty\n"
    nameserver = serve_zones({"example.test": zone})
    status, report, _ = run_check(postfix, "starttls", "--nameserver", nameserver, host="mail.example.test")
    assert (status, report.verdict) == (0, "pass"), [(c.id, c.status, c.summary) for c in report.checks]
    _, report, _ = run_check(postfix, "starttls", "--nameserver", nameserver, host="gone.example.test")
    assert report.causes[0].id == "dns-not-found"
    _, report, _ = run_check(postfix, "starttls", "--nameserver", nameserver, host="none.example.test")
    assert report.causes[0].id == "dns-no-address"


def test_the_transcript_and_the_report_never_hold_the_password(postfix: MailServer, tmp_path: Path) -> None:
    _, _, output = run_check(postfix, "starttls", password=BOB.password)
    assert BOB.password.encode() not in output
