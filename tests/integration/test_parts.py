from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from tests.integration.conftest import OpenTerminal
from tests.integration.parts import delay_proxy, dns_server, namespaces
from tests.integration.parts import postfix as postfix_part
from tests.integration.parts.mail_server import SMALL_SIZE, Listener, MailServer
from tests.integration.parts.mailboxes import ALICE, BOB, Mailbox
from tests.integration.parts.namespaces import CLIENT_ADDRESSES, SERVER_ADDRESSES, Fate, Network
from tests.integration.parts.requirement import require
from tests.integration.parts.secret_service import SecretService
from tests.integration.parts.waiting import wait_for

pytestmark = pytest.mark.real


@contextlib.contextmanager
def session(server: MailServer, listener: str, mailbox: Mailbox | None = None) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=str(server.certificates.authority_file))
    client: smtplib.SMTP
    if listener == "tls":
        client = smtplib.SMTP_SSL("localhost", server.ports[listener], context=context, timeout=10)
    else:
        client = smtplib.SMTP("localhost", server.ports[listener], timeout=10)
    with client:
        if listener not in ("tls", "none"):
            client.starttls(context=context)
        client.ehlo()
        if mailbox:
            client.user, client.password = mailbox.address, mailbox.password
            client.auth("PLAIN", client.auth_plain)
        yield client


@pytest.mark.parametrize("listener", ["starttls", "tls", "none"])
@pytest.mark.parametrize("mailbox", [ALICE, BOB])
def test_a_mailbox_sends_a_message_that_arrives(mail_server: MailServer, listener: str, mailbox: Mailbox) -> None:
    token = uuid.uuid4().hex
    with session(mail_server, listener, mailbox) as client:
        client.sendmail(mailbox.address, [ALICE.address], f"Subject: {token}\r\n\r\n.dot\r\n")
    message = mail_server.mail.wait_for_message(token.encode(), address=ALICE.address)
    assert b"\n.dot" in message


def test_a_wrong_password_is_refused_with_535(mail_server: MailServer) -> None:
    with session(mail_server, "starttls") as client:
        client.user, client.password = ALICE.address, "wrong"
        with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
            client.auth("PLAIN", client.auth_plain)
    assert refusal.value.smtp_code == 535


def test_an_unknown_recipient_is_refused(mail_server: MailServer) -> None:
    with session(mail_server, "starttls", ALICE) as client:
        client.mail(ALICE.address)
        assert client.rcpt("nobody@example.test")[0] == 550


def test_another_domain_takes_a_log_in(mail_server: MailServer) -> None:
    with session(mail_server, "no-auth") as client:
        client.mail(ALICE.address)
        assert client.rcpt("someone@elsewhere.test")[0] in (550, 554)
    with session(mail_server, "starttls", ALICE) as client:
        client.mail(ALICE.address)
        assert client.rcpt("someone@elsewhere.test")[0] == 250


def test_nobody_sends_in_the_name_of_another(mail_server: MailServer) -> None:
    with session(mail_server, "starttls", ALICE) as client:
        code = client.mail(BOB.address)[0]
        if code == 250:  # Postfix keeps the verdict on the sender until there is a recipient.
            code = client.rcpt(ALICE.address)[0]
    assert code in (550, 553)


def test_a_message_that_is_too_large_is_refused_before_it_is_sent(mail_server: MailServer) -> None:
    with session(mail_server, "small", ALICE) as client:
        assert client.mail(ALICE.address, [f"SIZE={SMALL_SIZE + 1}"])[0] == 552


@pytest.mark.parametrize(
    ("listener", "verdict"),
    [("expired", "expired"), ("self-signed", "self-signed"), ("wrong-name", "Hostname mismatch")],
)
def test_a_bad_certificate_is_seen(mail_server: MailServer, listener: str, verdict: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=verdict), session(mail_server, listener):
        pass


def test_starttls_is_off_where_it_is_said_to_be(mail_server: MailServer) -> None:
    with session(mail_server, "none") as client:
        assert not client.has_extn("starttls")
        assert client.has_extn("auth")


@pytest.mark.parametrize("name", ["postfix", "exim"])
def test_auth_is_named_only_after_tls(name: str, request: pytest.FixtureRequest) -> None:
    server: MailServer = request.getfixturevalue(name)
    with smtplib.SMTP("localhost", server.ports["starttls"], timeout=10) as client:
        client.ehlo()
        assert not client.has_extn("auth")
    with session(server, "starttls") as client:
        assert client.has_extn("auth")


def test_auth_before_tls_is_refused_by_the_third_server(third_smtp: MailServer) -> None:
    with smtplib.SMTP("localhost", third_smtp.ports["starttls"], timeout=10) as client:
        client.ehlo()
        assert client.docmd("AUTH", "PLAIN")[0] == 538


def test_postfix_offers_the_mechanisms_it_is_told_to() -> None:
    require(postfix_part.available())
    listener = Listener("scram", "tls", mechanisms=("SCRAM-SHA-256", "CRAM-MD5"))
    with postfix_part.running([listener]) as server:
        context = ssl.create_default_context(cafile=str(server.certificates.authority_file))
        with smtplib.SMTP_SSL("localhost", server.ports["scram"], context=context, timeout=10) as client:
            client.ehlo()
            assert set(client.esmtp_features["auth"].split()) == {"SCRAM-SHA-256", "CRAM-MD5"}
            client.user, client.password = BOB.address, BOB.password
            assert client.auth("CRAM-MD5", client.auth_cram_md5)[0] == 235


KILLED = """
import os, pathlib, signal, sys
from tests.integration.parts import processes
with processes.background(["sleep", "600"], log=pathlib.Path(sys.argv[1])) as process:
    print(process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_servers_end_when_the_tests_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "log")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    server = Path(f"/proc/{int(done.stdout)}/cmdline")
    wait_for(lambda: not server.exists() or server.read_bytes() == b"", "the server to end")


def test_postfix_leaves_nothing_behind() -> None:
    require(postfix_part.available())
    with postfix_part.running([Listener("starttls", "starttls")]) as server:
        folder = server.log.parent
        port = server.ports["starttls"]
        assert folder.exists()
    assert not folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


KEYRING_ROUND_TRIP = """
import keyring
keyring.set_password("service", "name", "pä ss'")
assert keyring.get_password("service", "name") == "pä ss'"
print(type(keyring.get_keyring()).__module__)
"""


def run_python(code: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=dict(environment), capture_output=True, text=True, timeout=60
    )


def test_the_keyring_gives_back_a_secret(secret_service: SecretService) -> None:
    done = run_python(KEYRING_ROUND_TRIP, secret_service.environment)
    assert done.stdout.strip() == "keyring.backends.SecretService", done.stderr


def test_a_locked_keyring_refuses(secret_service: SecretService) -> None:
    secret_service.lock()
    assert secret_service.is_locked()
    assert "KeyringLocked" in run_python(KEYRING_ROUND_TRIP, secret_service.environment).stderr


def test_a_keyring_nobody_logged_in_to_dismisses_its_prompt(uninitialised_secret_service: SecretService) -> None:
    done = run_python(KEYRING_ROUND_TRIP, uninitialised_secret_service.environment)
    assert "Prompt dismissed" in done.stderr


def test_the_name_server_answers_for_its_zones_only(serve_zones: Callable[[Mapping[str, str]], str]) -> None:
    address, _, port = serve_zones({"example.test": "mail A 127.0.0.1\nmail AAAA ::1\nloop CNAME loop"}).partition(":")

    def ask(name: str, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        return dns.query.udp(dns.message.make_query(name, kind), address, port=int(port), timeout=5)

    assert "127.0.0.1" in ask("mail.example.test", dns.rdatatype.A).answer[0].to_text()
    assert "::1" in ask("mail.example.test", dns.rdatatype.AAAA).answer[0].to_text()
    assert ask("nothing.example.test", dns.rdatatype.A).rcode() is dns.rcode.NXDOMAIN
    assert ask("elsewhere.test", dns.rdatatype.A).rcode() is dns.rcode.REFUSED


def test_a_terminal_shows_what_was_typed(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["sh", "-c", 'stty size; read -r line; echo "[$line]"; read -r _; exit 3'])
    terminal.wait_for("24 80")
    terminal.type("Enter -l pä$s;")
    terminal.send("Enter")
    terminal.wait_for("[Enter -l pä$s;]")
    terminal.paste("pasted")
    terminal.send("Enter")
    assert terminal.wait_exit() == 3


def test_a_terminal_has_the_environment_it_is_given(open_terminal: OpenTerminal, tmp_path: Path) -> None:
    command = ["sh", "-c", 'echo "$HOME|$PATH|${LOGNAME-unset}|$(pwd)"; read -r _']
    terminal = open_terminal(command, {"HOME": "/h", "PATH": "/usr/bin:/bin"}, width=200, cwd=tmp_path)
    terminal.wait_for(f"/h|/usr/bin:/bin|unset|{tmp_path}")


def test_a_terminal_passes_an_interrupt_on(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["sh", "-c", "trap 'exit 7' INT; echo ready; while :; do read -r _; done"])
    terminal.wait_for("ready")
    terminal.send("C-c")
    assert terminal.wait_exit() == 7


def test_a_terminal_says_what_it_showed_instead(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(["sh", "-c", "echo here; read -r _"])
    terminal.wait_for("here")
    with pytest.raises(TimeoutError, match="here"):
        terminal.wait_for("elsewhere", timeout=0.1)


CONNECT = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=float(sys.argv[3])) as client:
        print(client.recv(3).decode())
except OSError as error:
    print(type(error).__name__, error.errno)
"""


def connect(network: Network, address: str, port: int, timeout: float = 5) -> str:
    command = network.at_client(sys.executable, "-c", CONNECT, address, str(port), str(timeout))
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_network_treats_each_port_as_decided(network: Network) -> None:
    require(postfix_part.available())
    fates: dict[Fate, tuple[int, str]] = {
        "drop": (25, "TimeoutError None"),
        "unreachable": (465, "OSError 113"),
        "refuse": (587, "ConnectionRefusedError 111"),
        "reset": (588, "ConnectionResetError 104"),
    }
    for fate, (port, _) in fates.items():
        network.decide(fate, port)
    listeners = [Listener(str(port), "starttls", port=port) for port in (25, 465, 587, 588, 2525)]
    with postfix_part.running(listeners, addresses=SERVER_ADDRESSES, within=network.at_server()):
        for address in SERVER_ADDRESSES:
            assert connect(network, address, 2525) == "220"
            for port, seen in fates.values():
                assert connect(network, address, port, 1 if port == 25 else 5) == seen
        network.forget()
        assert connect(network, SERVER_ADDRESSES[0], 25) == "220"


def test_a_network_may_lack_one_family(network: Network) -> None:
    network.decide("drop", families=["ipv6"])
    ipv4, ipv6 = SERVER_ADDRESSES
    assert connect(network, ipv4, 587) == "ConnectionRefusedError 111"
    assert connect(network, ipv6, 587, 1) == "TimeoutError None"


def test_a_name_server_runs_inside_a_network(network: Network) -> None:
    require(dns_server.available())
    address = SERVER_ADDRESSES[0]
    zones = {"example.test": f"mail A {address}"}
    with dns_server.serving(zones, address=address, port=53, within=network.at_server()):
        ask = (
            "import dns.message, dns.query, sys;"
            "print(dns.query.udp(dns.message.make_query('mail.example.test', 'A'), sys.argv[1], timeout=5))"
        )
        answer = subprocess.run(
            network.at_client(sys.executable, "-c", ask, address), capture_output=True, text=True, check=True
        )
    assert f"IN A {address}" in answer.stdout


def test_no_way_leads_out_of_a_network(network: Network) -> None:
    routes = subprocess.run(network.at_client("ip", "route"), capture_output=True, text=True, check=True).stdout
    assert "default" not in routes
    assert CLIENT_ADDRESSES[0] in routes
    assert namespaces.within(network.client)[-1] == network.client


def test_a_delayed_server_answers_one_round_trip_later(postfix: MailServer) -> None:
    with delay_proxy.running("127.0.0.1", postfix.ports["starttls"], round_trip=0.2) as port:
        began = time.monotonic()
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            greeted = time.monotonic()
            assert client.noop()[0] == 250
            answered = time.monotonic()
    assert greeted - began >= 0.2
    assert answered - greeted >= 0.2
