"""The bytes of an SMTP connection: lines in, lines out, with bounds on what a server can make us hold."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections import deque
from typing import Final, Literal

LINE_LIMIT: Final = 8192
"""Octets of one line that are kept. RFC 5321, section 4.5.3.1.5 allows a reply line 512."""
TURNS: Final = 2
"""Turns of the loop in which the transports learn of their end: one for TLS, one for the socket below."""
ENDLESS_LINE: Final = 4 << 20
"""Octets of one line after which no end of it is waited for."""
QUEUE_LIMIT: Final = 256
"""Lines that may wait to be read before the server is made to wait."""


class WireClosed(Exception):
    """The connection ended.

    Attributes:
        how: in which way.
        errno: symbolic name of the operating system's error, where there was one.
        detail: the library's reason, where there was one.
    """

    def __init__(
        self, how: Literal["closed", "reset", "timeout", "tls", "failed"], code: str | None, detail: str | None
    ) -> None:
        super().__init__(how)
        self.how: Final = how
        self.errno: Final = code
        self.detail: Final = detail


class EndlessReplyError(Exception):
    """A line, or a reply, has gone on for so long that its end is not waited for, or there are more of them than asked
    for."""


class Wire(asyncio.Protocol):
    """One connection, read line by line.

    Every line counts, asked for or not: an unasked reply or bytes left over at STARTTLS are evidence.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._below: asyncio.Transport | None = None
        """The transport of the socket itself. TLS lies above it once it is on, and while it comes about."""
        self._partial = bytearray()
        self._overlong = False
        self._length = 0
        """Octets of the line whose end has not come, those not kept included."""
        self._lines: deque[tuple[bytes, bool]] = deque()
        self._arrival = asyncio.Event()
        self._closed: WireClosed | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def transport(self) -> asyncio.Transport:
        """The transport below."""
        if self._transport is None:
            raise WireClosed("failed", None, None)
        return self._transport

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""
        return self._transport is not self._below

    @property
    def unread(self) -> bytes:
        """What has arrived and nobody has read."""
        lines = [line for line, _ in self._lines]
        return b"\r\n".join([*lines, self.partial] if self._partial else lines)

    @property
    def partial(self) -> bytes:
        """The beginning of a line whose end has not come."""
        return bytes(self._partial)

    @property
    def _endless(self) -> bool:
        return self._length > ENDLESS_LINE

    @property
    def overlong(self) -> bool:
        """The line whose end has not come is longer than any line of a reply."""
        return self._overlong

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what asyncio promises for a stream
        self._transport = self._below = transport

    @property
    def has_line(self) -> bool:
        """A whole line has arrived and nobody has read it."""
        return bool(self._lines)

    def take_unread(self) -> bytes:
        """What has arrived and nobody has read; it is forgotten here.

        To be called before a TLS handshake, never after: the first encrypted lines may arrive together with its end.
        """
        unread = self.unread
        self._forget_partial()
        self._lines.clear()
        return unread

    async def secure(self, context: ssl.SSLContext, server_name: str | None, timeout: float) -> ssl.SSLObject:
        """Shake hands by TLS within `timeout` seconds, and go on over it.

        Raises:
            TimeoutError: it took longer.
            WireClosed: the connection had ended.
            OSError: the handshake failed (`ssl.SSLError`), or the connection ended during it.
        """
        async with asyncio.timeout(timeout):
            transport = await asyncio.get_running_loop().start_tls(
                self.transport,
                self,
                context,
                server_hostname=server_name,
                # Ours is to end it.
                ssl_handshake_timeout=timeout + 1,
            )
        if transport is None:
            raise ConnectionResetError
        self._transport = transport
        connection: ssl.SSLObject = transport.get_extra_info("ssl_object")
        return connection

    def data_received(self, data: bytes) -> None:
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._append(data[start:end])
            self._lines.append((bytes(self._partial).removesuffix(b"\r"), self._overlong))
            self._forget_partial()
            start = end + 1
        self._append(data[start:])
        if (len(self._lines) >= QUEUE_LIMIT or self._endless) and self._transport is not None:
            self._transport.pause_reading()
        self._arrival.set()

    def _append(self, data: bytes) -> None:
        room = LINE_LIMIT - len(self._partial)
        self._overlong |= len(data) > room
        self._length += len(data)
        self._partial += data[: max(room, 0)]

    def _forget_partial(self) -> None:
        self._partial.clear()
        self._overlong = False
        self._length = 0

    def eof_received(self) -> bool:
        self._close(WireClosed("closed", None, None))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._close(closed_by(exc))

    def _close(self, reason: WireClosed) -> None:
        if self._closed is None or (self._closed.how == "closed" and reason.how != "closed"):
            self._closed = reason
        self._arrival.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def read_line(self) -> tuple[bytes, bool]:
        """The next line without its end, and whether it was longer than `LINE_LIMIT` and has been cut.

        Raises:
            WireClosed: the connection ended before a whole line came.
            EndlessReplyError: the line is longer than `ENDLESS_LINE`.
        """
        while not self._lines:
            if self._endless:
                raise EndlessReplyError
            if self._closed is not None:
                raise self._closed
            self._arrival.clear()
            await self._arrival.wait()
        line = self._lines.popleft()
        room = len(self._lines) < QUEUE_LIMIT // 2 and not self._endless
        if room and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
        return line

    async def write(self, data: bytes) -> None:
        """Send bytes, waiting while the other side does not take them.

        Raises:
            WireClosed: the connection has ended.
        """
        if self._closed is not None:
            raise self._closed
        self.transport.write(data)
        await self._writable.wait()

    async def drop(self) -> None:
        """Drop the connection, and see the socket closed."""
        self.abort()
        # The turn of the loop in which the transports learn of their end.
        await asyncio.sleep(0)

    def abort(self) -> None:
        """Drop the connection, at the latest with the next turn of the loop."""
        for transport in (self._transport, self._below):
            if transport is not None:
                transport.abort()

    async def leave(self) -> None:
        """Close the connection without waiting for the other side's word on it, and see the socket closed."""
        if self._transport is not None:
            self._transport.close()
        for _ in range(TURNS):
            await asyncio.sleep(0)
            self.abort()


def errno_name(error: BaseException | None) -> str | None:
    """Symbolic name of an operating system error, Windows' own ones included."""
    if not isinstance(error, OSError) or isinstance(error, ssl.SSLError):
        return None
    number = error.errno
    windows = getattr(error, "winerror", None)
    if windows is not None:
        return _WINSOCK.get(windows, f"WSA{windows}")
    return errno.errorcode.get(number, str(number)) if number is not None else None


_WINSOCK: Final = {
    10013: "EACCES",
    10049: "EADDRNOTAVAIL",
    10050: "ENETDOWN",
    10051: "ENETUNREACH",
    10053: "ECONNABORTED",
    10054: "ECONNRESET",
    10060: "ETIMEDOUT",
    10061: "ECONNREFUSED",
    10064: "EHOSTDOWN",
    10065: "EHOSTUNREACH",
    121: "ETIMEDOUT",
}


def closed_by(error: BaseException | None) -> WireClosed:
    """How a connection ended, by the error it ended with."""
    match error:
        case None:
            return WireClosed("closed", None, None)
        case ssl.SSLError():
            return WireClosed("tls", None, ssl_reason(error))
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return WireClosed("reset", errno_name(error) or "ECONNRESET", None)
        case TimeoutError():
            return WireClosed("timeout", errno_name(error), None)
        case _:
            return WireClosed("failed", errno_name(error), str(error) or None)


def ssl_reason(error: ssl.SSLError) -> str:
    """OpenSSL's reason in lower case with hyphens: `wrong-version-number`."""
    reason = getattr(error, "reason", None)
    if not isinstance(reason, str) or not reason:
        return "unexpected-eof" if isinstance(error, ssl.SSLEOFError) else "failed"
    return reason.lower().replace("_", "-").replace(" ", "-")
