from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from smtpwizard.net.network import SocketNetwork

HOST = "web.example.test"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts for the time of a test."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return ca


@asynccontextmanager
async def web_server(
    ca: trustme.CA,
    answer: bytes,
    heard: list[bytes] | None = None,
    *,
    name: str = HOST,
    not_after: datetime.datetime | None = None,
) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name, not_after=not_after).configure_cert(context)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if heard is not None and line:
            heard.append(line)
        writer.write(answer if line else b"")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("answer", "moment"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: x\r\ndate: Sat, 28 Nov 2026 19:12:00 GMT\r\n\r\n", "2026-11-28T19:12:00Z"),
        (b"HTTP/1.1 404 Not Found\r\nDate: Sat, 28 Nov 2026 19:12:00 GMT\r\n\r\n", "2026-11-28T19:12:00Z"),
        (b"HTTP/1.1 200 OK\r\n\r\nDate: Sat, 28 Nov 2026 19:12:00 GMT\r\n", None),
        (b"HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"Date: Sat, 28 Nov 2026 19:12:00 GMT\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nDate: Fri, 31 Dec 9999 23:59:59 -0100\r\n\r\n", None),
        (b"", None),
    ],
)
async def test_the_date_of_a_trusted_web_server_is_read(
    answer: bytes, moment: str | None, authority: trustme.CA
) -> None:
    async with web_server(authority, answer) as port:
        assert await SocketNetwork().web_date(HOST, "127.0.0.1", port, 5) == ("open", moment)


PAST = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


async def test_the_dates_of_its_certificate_do_not_count(authority: trustme.CA) -> None:
    answer = b"HTTP/1.1 200 OK\r\nDate: Sat, 28 Nov 2026 19:12:00 GMT\r\n\r\n"
    async with web_server(authority, answer, not_after=PAST) as port:
        assert await SocketNetwork().web_date(HOST, "127.0.0.1", port, 5) == ("open", "2026-11-28T19:12:00Z")


@pytest.mark.parametrize("not_after", [None, PAST])
async def test_nothing_is_said_to_a_web_server_of_another_name(
    not_after: datetime.datetime | None, authority: trustme.CA
) -> None:
    heard: list[bytes] = []
    async with web_server(authority, b"", heard, name="other.example.test", not_after=not_after) as port:
        assert await SocketNetwork().web_date(HOST, "127.0.0.1", port, 5) == ("open", None)
    assert heard == []


async def test_nothing_is_said_to_a_web_server_that_nobody_vouches_for() -> None:
    heard: list[bytes] = []
    async with web_server(trustme.CA(), b"HTTP/1.1 200 OK\r\n\r\n", heard) as port:
        assert await SocketNetwork().web_date(HOST, "127.0.0.1", port, 5) == ("open", None)
    assert heard == []


async def test_a_port_that_speaks_no_tls_has_answered_all_the_same() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"no TLS here\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        assert await SocketNetwork().web_date(HOST, "127.0.0.1", port, 5) == ("open", None)


async def test_a_closed_port_does_not_answer(unused_tcp_port: int) -> None:
    assert await SocketNetwork().web_date(HOST, "127.0.0.1", unused_tcp_port, 5) == ("refused", None)
