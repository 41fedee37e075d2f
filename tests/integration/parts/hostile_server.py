"""A mail server on loopback that behaves well until one moment of the session, and then as a test says."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum


class Moment(StrEnum):
    """When it happens. The name of a command stands for the moment in which it would be answered."""

    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    HANDSHAKE = "handshake"
    ENCRYPTED_EHLO = "encrypted-ehlo"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    RSET = "rset"
    QUIT = "quit"


@dataclass(slots=True)
class Visit:
    """One connection, and the line that has just been heard on it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    line: bytes = b""
    encrypted: bool = False
    done: bool = False
    """Set by an act after which nothing follows."""

    def has_left(self) -> bool:
        """The other side has gone."""
        return self.writer.is_closing() or self.reader.at_eof() or self.reader.exception() is not None


Act = Callable[[Visit], Awaitable[None]]


@dataclass(slots=True)
class HostileServer:
    """A running server, and what it has heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)


EHLO_REPLY = b"250-mail.example.test\r\n250-AUTH PLAIN LOGIN\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
ENCRYPTED_EHLO_REPLY = b"250-mail.example.test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n"
_REPLIES = {
    Moment.GREETING: b"220 mail.example.test ESMTP\r\n",
    Moment.EHLO: EHLO_REPLY,
    Moment.STARTTLS: b"220 2.0.0 Ready\r\n",
    Moment.ENCRYPTED_EHLO: ENCRYPTED_EHLO_REPLY,
    Moment.AUTH: b"235 2.7.0 Accepted\r\n",
    Moment.QUIT: b"221 2.0.0 Bye\r\n",
}
_REPLY = b"250 2.0.0 Ok\r\n"


@asynccontextmanager
async def behaving(
    acts: dict[Moment, Act], context: ssl.SSLContext, *, implicit: bool = False
) -> AsyncIterator[HostileServer]:
    """Serve, doing what `acts` says at its moments in place of what a mail server would."""
    visits: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        visits.add(task)
        task.add_done_callback(visits.discard)
        try:
            # The other side may leave at any moment, in any way.
            with suppress(OSError, EOFError, ValueError):
                await _talk(Visit(reader, writer), acts, context, heard, implicit=implicit)
        finally:
            writer.transport.abort()

    heard: list[bytes] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    try:
        yield HostileServer(server.sockets[0].getsockname()[1], heard)
    finally:
        server.close()
        for task in visits:
            task.cancel()
        await asyncio.gather(*visits, return_exceptions=True)


async def _talk(
    visit: Visit, acts: dict[Moment, Act], context: ssl.SSLContext, heard: list[bytes], *, implicit: bool
) -> None:
    async def answer(moment: Moment) -> None:
        if moment in acts:
            if moment is Moment.HANDSHAKE:
                # What comes before the other side has begun would count as injected.
                await visit.reader.read(65536)
            await acts[moment](visit)
        elif moment is Moment.HANDSHAKE:
            await visit.writer.start_tls(context)
            visit.encrypted = True
        else:
            visit.writer.write(_REPLIES.get(moment, _REPLY))
            await visit.writer.drain()

    if implicit:
        await answer(Moment.HANDSHAKE)
    await answer(Moment.GREETING)
    while not visit.done and (line := await visit.reader.readline()):
        visit.line = line.rstrip(b"\r\n")
        heard.append(visit.line)
        verb = visit.line.split(b" ")[0].split(b":")[0].decode("latin-1").casefold()
        moment = Moment.ENCRYPTED_EHLO if verb == "ehlo" and visit.encrypted else Moment(verb)
        await answer(moment)
        if moment is Moment.STARTTLS and moment not in acts:
            await answer(Moment.HANDSHAKE)
        if moment is Moment.QUIT and moment not in acts:
            return


def saying(data: bytes) -> Act:
    """Say these bytes in one piece."""

    async def act(visit: Visit) -> None:
        visit.writer.write(data)
        await visit.writer.drain()

    return act


def saying_and_closing(data: bytes) -> Act:
    """Say these bytes and close the connection."""

    async def act(visit: Visit) -> None:
        visit.writer.write(data)
        await visit.writer.drain()
        visit.writer.close()
        visit.done = True

    return act


def flooding(data: bytes, *, first: bytes = b"") -> Act:
    """Say the same bytes again and again, as fast as they are taken, until the other side leaves."""

    async def act(visit: Visit) -> None:
        visit.done = True
        visit.writer.write(first)
        while not visit.has_left():
            visit.writer.write(data)
            await visit.writer.drain()
            # drain() gives way only while the buffer is full, and that the other side has left is news.
            await asyncio.sleep(0)

    return act


def dribbling(data: bytes, *, pause: float, first: bytes = b"") -> Act:
    """Say the bytes one by one with a pause in between, from the start again at their end, until the other leaves."""

    async def act(visit: Visit) -> None:
        visit.done = True
        visit.writer.write(first)
        while not visit.has_left():
            for octet in data:
                visit.writer.write(bytes([octet]))
                await visit.writer.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(visit.reader.read(1024), pause)
                if visit.has_left():
                    return

    return act


async def resetting(visit: Visit) -> None:
    """Break the connection: the other side sees a reset."""
    visit.done = True
    sock = visit.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.writer.transport.abort()
