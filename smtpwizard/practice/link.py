"""The bytes of one connection, from the server's side: lines in, octets out, and ways to behave badly."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

BUFFER_LIMIT: Final = 256 * 1024
"""Octets that may wait to be read before the client is made to wait."""
LINGER: Final = 1.0
"""Seconds that a client gets to read the last words before its connection is closed for good."""
_PIECE: Final = 64 * 1024


class Gone(Exception):
    """The session is over: the client has left, the connection is broken, or the server is about to leave."""


class Link(asyncio.Protocol):
    """One connection. `opened` is called once it stands.

    TLS runs here and not in asyncio, whose transports drop the alert that tells a client why a handshake failed.
    """

    def __init__(self, opened: Callable[[Link], None]) -> None:
        self._opened = opened
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._deaf = False
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._encrypted = False
        self._ended = asyncio.Event()
        """The client sends nothing more."""
        self._arrival = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def transport(self) -> asyncio.Transport:
        """The transport below."""
        if self._transport is None:
            raise Gone
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what asyncio promises for a stream
        self._transport = transport
        self._opened(self)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if self._tls is None:
            self._buffer += data
        else:
            self._incoming.write(data)
            if self._encrypted:
                self._decrypt(self._tls)
        if len(self._buffer) > BUFFER_LIMIT:
            self.transport.pause_reading()
        self._arrival.set()

    def _decrypt(self, tls: ssl.SSLObject) -> None:
        try:
            while data := tls.read(_PIECE):
                self._buffer += data
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            # The client has said goodbye (close_notify), or broken the protocol.
            self._ended.set()
        self._flush()

    def _flush(self) -> None:
        if self._transport is not None and self._outgoing.pending:
            self._transport.write(self._outgoing.read())

    def eof_received(self) -> bool:
        self._ended.set()
        self._arrival.set()
        # A connection that is closed on one side still takes what is left to be said.
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._ended.set()
        self._arrival.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def read_line(self, limit: int) -> bytes:
        """The next line with its end, or its first `limit` octets where it is longer.

        Raises:
            Gone: the client left before a whole line came.
        """
        while True:
            end = self._buffer.find(b"\n", 0, limit)
            if end >= 0 or len(self._buffer) >= limit:
                size = end + 1 if end >= 0 else limit
                line = bytes(self._buffer[:size])
                del self._buffer[:size]
                if len(self._buffer) <= BUFFER_LIMIT // 2 and self._transport is not None:
                    self._transport.resume_reading()
                return line
            await self._more()

    async def _more(self) -> None:
        if self._ended.is_set():
            raise Gone
        self._arrival.clear()
        await self._arrival.wait()

    async def write(self, data: bytes, *, pace: float = 0.0) -> None:
        """Send octets, `pace` seconds apart.

        Raises:
            Gone: the client has left.
        """
        if pace:
            for position in range(len(data)):
                self._send(data[position : position + 1])
                await self.pause(pace)
        else:
            self._send(data)
            await self._writable.wait()
        if self._transport is None:
            raise Gone

    def _send(self, data: bytes) -> None:
        if self._tls is None or not self._encrypted:
            self.transport.write(data)
            return
        try:
            while data:
                data = data[self._tls.write(data) :]
        except ssl.SSLError as error:
            raise Gone from error
        self._flush()

    async def pause(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            Gone: the client left meanwhile.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return
        raise Gone

    async def ignore(self) -> None:
        """Say nothing, and throw away what comes, until the client leaves."""
        self._go_deaf()
        await self._ended.wait()

    def _go_deaf(self) -> None:
        self._deaf = True
        self._buffer.clear()
        if self._transport is not None:
            self._transport.resume_reading()

    def forget(self) -> None:
        """Throw away what has come and was not read: nothing said before TLS counts after it (RFC 3207, 4.2)."""
        self._buffer.clear()

    async def shake_hands(self, context: ssl.SSLContext, timeout: float) -> None:
        """Turn TLS on, within `timeout` seconds. What has not been read is taken for the beginning of it.

        Raises:
            Gone: no handshake came about. The client has been told why.
        """
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._incoming.write(bytes(self._buffer))
        self._buffer.clear()
        try:
            async with asyncio.timeout(timeout):
                while not self._encrypted:
                    try:
                        self._tls.do_handshake()
                        self._encrypted = True
                    except ssl.SSLWantReadError:
                        self._flush()
                        await self._more()
        except (ssl.SSLError, TimeoutError) as error:
            self._flush()
            raise Gone from error
        self._decrypt(self._tls)

    async def leave(self) -> None:
        """End the connection in good order.

        A connection that is closed with octets unread takes the last words back (RFC 1122, section 4.2.2.13), so
        what still comes is read and thrown away for a while.
        """
        if self._transport is None:
            return
        if self._tls is not None and self._encrypted:
            with suppress(ssl.SSLError):
                self._tls.unwrap()
            self._flush()
        self._go_deaf()
        with suppress(OSError):
            self._transport.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._ended.wait()
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Tear the connection down: the client sees ECONNRESET."""
        if self._transport is None:
            return
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            # Lingering for no time at all makes closing send RST in place of FIN.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()
