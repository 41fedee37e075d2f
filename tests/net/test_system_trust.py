from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme
import truststore

from smtpwizard.net.system_trust import asking_context, is_asked, trusted

API = sys.modules[truststore.SSLContext.__init__.__globals__["__name__"]]
REFUSAL = ssl.SSLCertVerificationError("the system does not know this authority")


@contextmanager
def leave_it_to_us(context: ssl.SSLContext) -> Iterator[None]:
    """What `truststore` does on macOS and Windows: OpenSSL verifies nothing, the system is asked afterwards."""
    context.verify_mode = ssl.CERT_NONE
    yield
    context.verify_mode = ssl.CERT_REQUIRED


async def shake_hands(monkeypatch: pytest.MonkeyPatch, refusal: ssl.SSLError | None) -> bool | None:
    def verify(context: ssl.SSLContext, chain: list[bytes], server_hostname: str | None = None) -> None:
        assert chain
        if refusal is not None:
            raise refusal

    monkeypatch.setattr(API, "_configure_context", leave_it_to_us)
    monkeypatch.setattr(API, "_verify_peercerts_impl", verify)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(served)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", ssl=served) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=asking_context(), server_hostname="localhost"
        )
        assert await reader.readline() == b"220 ready\r\n"
        writer.close()
        return trusted(writer.get_extra_info("ssl_object"))


async def test_a_peer_that_the_system_trusts_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shake_hands(monkeypatch, None) is True


async def test_the_systems_refusal_is_a_fact_and_the_handshake_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shake_hands(monkeypatch, REFUSAL) is False


def test_the_system_is_asked_where_its_store_is_no_file() -> None:
    assert [platform for platform in ("linux", "darwin", "win32", "freebsd14") if is_asked(platform)] == [
        "darwin",
        "win32",
    ]


def test_a_connection_of_which_nobody_was_asked_has_no_answer() -> None:
    context = ssl.create_default_context()
    assert trusted(context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")) is None
