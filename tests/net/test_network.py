from __future__ import annotations

import asyncio
import errno
import socket
import ssl

import pytest
import trustme

from smtpwizard.net.network import SocketNetwork
from tests.net.peer import Close, Flood, Reset, Send, Step, Transcript, Wait, acting

PATIENT = 5.0
SHORT = 0.2


@pytest.fixture
def network() -> SocketNetwork:
    return SocketNetwork()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
    return port


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_an_open_port_gives_a_session(network: SocketNetwork) -> None:
    async with acting([Send(b"220 hello\r\n")]) as peer:
        evidence, session = await network.connect(
            "localhost", "127.0.0.1", peer.port, PATIENT, Transcript().say, allow_cleartext_auth=False
        )
        assert session is not None
        assert (session.address, session.port, session.encrypted) == ("127.0.0.1", peer.port, False)
        assert (await session.greeting(PATIENT)).ok
        await session.close()
    assert (evidence.outcome, evidence.family, evidence.host) == ("open", "IPv4", "localhost")


async def test_ipv6_is_spoken_too(network: SocketNetwork) -> None:
    async with acting([Send(b"220 hello\r\n")], host="::1") as peer:
        evidence, session = await network.connect(
            "localhost", "::1", peer.port, PATIENT, Transcript().say, allow_cleartext_auth=False
        )
        assert session is not None
        await session.close()
    assert (evidence.outcome, evidence.family) == ("open", "IPv6")


async def test_a_closed_port_refuses(network: SocketNetwork, closed_port: int) -> None:
    evidence, session = await network.connect(
        "localhost", "127.0.0.1", closed_port, PATIENT, Transcript().say, allow_cleartext_auth=False
    )
    assert session is None
    assert (evidence.outcome, evidence.errno) == ("refused", "ECONNREFUSED")


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (errno.ETIMEDOUT, "timeout"),
        (errno.EHOSTUNREACH, "unreachable"),
        (errno.ENETUNREACH, "unreachable"),
        (errno.EADDRNOTAVAIL, "unreachable"),
        (errno.ECONNRESET, "reset"),
        (errno.EACCES, "denied"),
        (errno.EPERM, "denied"),
        (errno.EMFILE, "failed"),
    ],
)
async def test_each_refusal_of_the_system_is_told_apart(
    network: SocketNetwork, monkeypatch: pytest.MonkeyPatch, number: int, outcome: str
) -> None:
    async def fail(sock: socket.socket, address: object) -> None:
        raise OSError(number, "injected")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", fail)
    evidence, session = await network.connect(
        "mail.test", "192.0.2.1", 587, PATIENT, Transcript().say, allow_cleartext_auth=False
    )
    assert session is None
    assert (evidence.outcome, evidence.errno) == (outcome, errno.errorcode[number])


async def test_a_port_that_drops_what_comes_is_a_timeout(
    network: SocketNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(sock: socket.socket, address: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    evidence, session = await network.connect(
        "mail.test", "192.0.2.1", 587, SHORT, Transcript().say, allow_cleartext_auth=False
    )
    assert session is None
    assert (evidence.outcome, evidence.errno) == ("timeout", None)


async def test_an_attempt_that_is_given_up_closes_its_socket(
    network: SocketNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: asyncio.Queue[socket.socket] = asyncio.Queue()

    async def never(sock: socket.socket, address: object) -> None:
        begun.put_nowait(sock)
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    attempt = asyncio.ensure_future(network.identify("mail.test", "192.0.2.1", 25, PATIENT, tls_first=False))
    sock = await begun.get()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    assert sock.fileno() == -1


@pytest.mark.parametrize("tls_first", [False, True])
@pytest.mark.parametrize(
    ("script", "speaks"),
    [
        ([Send(b"220 mail.test ESMTP\r\n"), Wait()], {"smtp"}),
        ([Send(b"554 no service\r\n"), Wait()], {"smtp"}),
        ([Send(b"HTTP/1.1 400 Bad Request\r\n"), Wait()], {"other"}),
        ([Send(b"\x00\xff\x1b[2J\r\n"), Wait()], {"other"}),
        ([Close()], {"closes"}),
        ([Reset()], {"closes"}),
        ([Flood(b"x" * 65536)], {"silent", "other"}),
    ],
    ids=["smtp", "refusing", "http", "garbage", "closing", "resetting", "flooding"],
)
async def test_what_answers_on_a_port_is_found_out(
    network: SocketNetwork, script: list[Step], speaks: set[str], tls_first: bool
) -> None:
    async with acting(script) as peer:
        answer = await network.identify("localhost", "127.0.0.1", peer.port, 0.6, tls_first=tls_first)
    assert answer.outcome == "open"
    assert answer.speaks in speaks
    assert answer.detail is None or answer.detail.isprintable()


@pytest.mark.parametrize("tls_first", [False, True])
@pytest.mark.parametrize(
    ("first", "protocol"),
    [
        (b"220 mail.test ESMTP\r\n", None),
        (b"220-Welcome to FileZilla Server\r\n220 ready\r\n", "ftp"),
        (b"220 mail.test LMTP ready\r\n", "lmtp"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "ssh"),
        (b"* OK IMAP4rev1 ready\r\n", "imap"),
        (b"+OK POP3 ready\r\n", "pop3"),
        (b"200 news.test InterNetNews ready\r\n", "nntp"),
    ],
)
async def test_another_protocol_on_a_port_is_recognised(
    network: SocketNetwork, first: bytes, protocol: str | None, tls_first: bool
) -> None:
    async with acting([Send(first), Wait()]) as peer:
        answer = await network.identify("localhost", "127.0.0.1", peer.port, 0.6, tls_first=tls_first)
    assert (answer.speaks, answer.protocol) == ("smtp" if protocol is None else "other", protocol)


@pytest.mark.parametrize("tls_first", [False, True])
async def test_a_port_that_says_nothing_at_all_is_silent(network: SocketNetwork, tls_first: bool) -> None:
    async with acting([Wait()]) as peer:
        answer = await network.identify("localhost", "127.0.0.1", peer.port, SHORT, tls_first=tls_first)
    assert answer.speaks == "silent"


@pytest.mark.parametrize("tls_first", [False, True])
async def test_a_port_that_wants_tls_is_found_out(
    network: SocketNetwork, server_tls: ssl.SSLContext, tls_first: bool
) -> None:
    async with acting([Send(b"220 hello\r\n"), Wait()], tls=server_tls) as peer:
        answer = await network.identify("localhost", "127.0.0.1", peer.port, 1.0, tls_first=tls_first)
    assert answer.speaks == "tls"
    assert peer.received == []


async def test_a_closed_port_speaks_nothing(network: SocketNetwork, closed_port: int) -> None:
    answer = await network.identify("localhost", "127.0.0.1", closed_port, PATIENT, tls_first=False)
    assert (answer.outcome, answer.speaks, answer.detail) == ("refused", None, "ECONNREFUSED")
