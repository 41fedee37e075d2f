"""The other side of a connection, acting out a script on loopback and writing down what it is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from smtpwizard.model.event import Direction
from smtpwizard.net.network import SocketNetwork
from smtpwizard.net.smtp import SmtpSession


@dataclass(frozen=True, slots=True)
class Expect:
    """Read a line, which must begin so."""

    beginning: str


@dataclass(frozen=True, slots=True)
class Send:
    """Say these bytes in one piece."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Read a line and say what is computed from it."""

    reply: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Payload:
    """Read a message up to its final dot."""


@dataclass(frozen=True, slots=True)
class Dribble:
    """Say the same byte again and again, with a pause in between, until the other side leaves."""

    byte: bytes
    pause: float


@dataclass(frozen=True, slots=True)
class Flood:
    """Say the same bytes again and again without a pause, until the other side leaves."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Say nothing; write down what comes until the other side leaves."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection."""


@dataclass(frozen=True, slots=True)
class StartTls:
    """Go on over TLS."""

    context: ssl.SSLContext


@dataclass(frozen=True, slots=True)
class StartTlsAndSpeak:
    """Shake hands by TLS, and put the first words into the very segment that ends the handshake."""

    context: ssl.SSLContext
    data: bytes


@dataclass(frozen=True, slots=True)
class Await:
    """Go on once this has happened."""

    event: asyncio.Event


Step = Await | Expect | Send | Answer | Payload | Dribble | Flood | Wait | Close | Reset | StartTls | StartTlsAndSpeak


@dataclass(slots=True)
class Peer:
    """A running script, and what it has heard."""

    port: int
    received: list[bytes] = field(default_factory=list)
    handshakes_failed: int = 0
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def verbs(self) -> list[str]:
        """First word of each line that was heard."""
        return [line.split(b" ")[0].split(b":")[0].decode("latin-1") for line in self.received]

    async def ended(self) -> None:
        """Wait until the script is through with one connection."""
        async with asyncio.timeout(5):
            await self._ended.wait()


@asynccontextmanager
async def acting(
    script: Sequence[Step], *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Peer]:
    """A peer that acts the script out for each connection. A line it did not expect fails the test."""
    surprises: list[AssertionError] = []
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await _act(peer, script, reader, writer)
        except AssertionError as surprise:
            surprises.append(surprise)
        except ssl.SSLError:
            peer.handshakes_failed += 1
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the other side has left, or the test is over
        finally:
            writer.transport.abort()
            peer._ended.set()

    server = await asyncio.start_server(serve, host, 0, ssl=tls, limit=2**20)
    peer = Peer(server.sockets[0].getsockname()[1])
    try:
        yield peer
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if surprises:
        raise surprises[0]


async def _act(peer: Peer, script: Sequence[Step], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for step in script:
        match step:
            case Expect(beginning):
                line = await _line(peer, reader)
                assert line.startswith(beginning.encode()), f"expected {beginning}, heard {line!r}"
            case Send(data):
                writer.write(data)
                await writer.drain()
            case Answer(reply):
                writer.write(reply(await _line(peer, reader)))
                await writer.drain()
            case Payload():
                message = await reader.readuntil(b"\r\n.\r\n")
                peer.received.append(message)
            case Await(event):
                await event.wait()
            case Dribble(byte, pause):
                while not reader.at_eof():
                    writer.write(byte)
                    await writer.drain()
                    try:
                        await asyncio.wait_for(reader.read(1), pause)
                    except TimeoutError:
                        continue
            case Flood(data):
                while not writer.is_closing():
                    writer.write(data)
                    await writer.drain()
            case Wait():
                while line := await reader.readline():
                    peer.received.append(line.rstrip(b"\r\n"))
            case Close():
                return
            case Reset():
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            case StartTls(context):
                await writer.start_tls(context)
            case StartTlsAndSpeak(context, data):
                await _shake_and_speak(context, data, reader, writer)
    while line := await reader.readline():
        peer.received.append(line.rstrip(b"\r\n"))


async def _line(peer: Peer, reader: asyncio.StreamReader) -> bytes:
    line = (await reader.readuntil(b"\r\n")).removesuffix(b"\r\n")
    peer.received.append(line)
    return line


async def _shake_and_speak(
    context: ssl.SSLContext, data: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            writer.write(outgoing.read())
            incoming.write(await reader.read(65536))
        else:
            break
    tls.write(data)
    writer.write(outgoing.read())
    await writer.drain()


@dataclass(slots=True)
class Transcript:
    """What a session says it said and heard."""

    lines: list[tuple[Direction, str]] = field(default_factory=list)

    def say(self, direction: Direction, text: str) -> None:
        """Take a line."""
        self.lines.append((direction, text))

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(text for _, text in self.lines)


@asynccontextmanager
async def session_with(
    peer: Peer, transcript: Transcript | None = None, *, host: str = "localhost", allow_cleartext_auth: bool = False
) -> AsyncIterator[SmtpSession]:
    """An open session with the peer."""
    say = (transcript or Transcript()).say
    connection, session = await SocketNetwork().connect(
        host, "127.0.0.1", peer.port, 5.0, say, allow_cleartext_auth=allow_cleartext_auth
    )
    assert session is not None, connection
    try:
        yield session
    finally:
        await session.close()
