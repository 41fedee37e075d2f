"""The bytes of one connection, from the server's side: lines in, octets out, and ways to behave badly."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Final

BUFFER_LIMIT: Final = 256 * 1024
"""Octets that may wait to be read before the client is made to wait."""


class Gone(Exception):
    """The client has left, or the connection is broken."""


class Link(asyncio.Protocol):
    """One connection. `opened` is called once it stands."""

    def __init__(self, opened: Callable[[Link], None]) -> None:
        self._opened = opened
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._deaf = False
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
        self._buffer += data
        if len(self._buffer) > BUFFER_LIMIT:
            self.transport.pause_reading()
        self._arrival.set()

    def eof_received(self) -> bool:
        self._ended.set()
        self._arrival.set()
        # A half-closed connection still takes what is left to be said; TLS knows no such thing.
        return not self._encrypted

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
            size = end + 1 if end >= 0 else limit
            if end >= 0 or len(self._buffer) >= limit:
                line = bytes(self._buffer[:size])
                del self._buffer[:size]
                if len(self._buffer) <= BUFFER_LIMIT // 2 and self._transport is not None:
                    self._transport.resume_reading()
                return line
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
            for octet in data:
                self.transport.write(bytes((octet,)))
                await self.pause(pace)
        else:
            self.transport.write(data)
            await self._writable.wait()
        if self._transport is None:
            raise Gone

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
        self._deaf = True
        self._buffer.clear()
        if self._transport is not None:
            self._transport.resume_reading()
        await self._ended.wait()

    async def shake_hands(self, context: ssl.SSLContext, timeout: float) -> None:
        """Turn TLS on. What was sent before it is forgotten (RFC 3207, section 4.2).

        Raises:
            Gone: no handshake came about.
        """
        self._buffer.clear()
        self._encrypted = True
        try:
            transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=timeout
            )
        except OSError as error:
            raise Gone from error
        if transport is None:
            raise Gone
        self._transport = transport

    def close(self) -> None:
        """End the connection in good order."""
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
