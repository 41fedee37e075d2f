"""Opens connections, and finds out what answers on a port."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import time
from typing import Final, Literal

from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, PortAnswer, PortSpeaks
from smtpwizard.model.ports import Say
from smtpwizard.model.software import Software
from smtpwizard.model.text import printable
from smtpwizard.net import tls, web
from smtpwizard.net.clock import since
from smtpwizard.net.protocols import recognise
from smtpwizard.net.smtp import SmtpSession
from smtpwizard.net.verdict import preload
from smtpwizard.net.wire import EndlessReplyError, Wire, WireClosed, errno_name, ssl_reason

_OUTCOMES: Final[dict[str, ConnectOutcome]] = {
    "ECONNREFUSED": "refused",
    "ETIMEDOUT": "timeout",
    "ENETUNREACH": "unreachable",
    "EHOSTUNREACH": "unreachable",
    "EHOSTDOWN": "unreachable",
    "ENETDOWN": "unreachable",
    "EADDRNOTAVAIL": "unreachable",
    "ENONET": "unreachable",
    "ECONNRESET": "reset",
    "ECONNABORTED": "reset",
    "EPIPE": "reset",
    "EACCES": "denied",
    "EPERM": "denied",
}

_PATIENCE: Final = 0.4
"""Part of the time limit that a port may stay silent before TLS is tried on it."""


class SocketNetwork:
    """The machine's own network."""

    def __init__(
        self,
        interceptors: tuple[str, ...] = (),
        software: tuple[Software, ...] = (),
        ca_file: str | None = None,
    ) -> None:
        """`ca_file` is what most verdicts will be asked with; any other may be."""
        self._interceptors = interceptors
        self._software = software
        self._ca_file = ca_file
        self._preloading: asyncio.Future[None] | None = None

    async def connect(
        self, host: str, address: str, port: int, timeout: float, say: Say, *, allow_cleartext_auth: bool
    ) -> tuple[Connection, SmtpSession | None]:
        if self._preloading is None:
            # While the network keeps us waiting anyway.
            self._preloading = asyncio.get_running_loop().run_in_executor(None, preload, self._ca_file)
            # What fails here fails again, and is told, where it is needed.
            self._preloading.add_done_callback(lambda done: done.cancelled() or done.exception())
        evidence, wire = await _open(host, address, port, timeout)
        if wire is None:
            return evidence, None
        session = SmtpSession(
            wire,
            host,
            address,
            port,
            say,
            interceptors=self._interceptors,
            software=self._software,
            allow_cleartext_auth=allow_cleartext_auth,
        )
        return evidence, session

    async def identify(self, host: str, address: str, port: int, timeout: float, *, tls_first: bool) -> PortAnswer:
        evidence, wire = await _open(host, address, port, timeout)
        answer = PortAnswer(address, port, evidence.family, evidence.outcome, None, evidence.elapsed_ms, evidence.errno)
        if wire is None:
            return answer
        left = timeout - evidence.elapsed_ms / 1000
        try:
            speaks, detail = await _speaks(wire, host, max(left, 0.2), tls_first=tls_first)
        finally:
            await wire.drop()
        if tls_first and speaks == "other":
            # It spoke before the handshake: what it said can be read on a connection where nobody shakes hands.
            return await self.identify(host, address, port, max(left, 0.2), tls_first=False)
        protocol = recognise(detail) if detail and speaks in {"smtp", "other"} else None
        # FTP, NNTP and LMTP greet in the form of SMTP replies; only the words tell.
        speaks = "other" if protocol is not None else speaks
        return PortAnswer(address, port, evidence.family, "open", speaks, evidence.elapsed_ms, detail, protocol)

    async def web_date(self, host: str, address: str, port: int, timeout: float) -> tuple[ConnectOutcome, str | None]:
        ends = time.monotonic() + timeout
        evidence, wire = await _open(host, address, port, timeout)
        if wire is None:
            return evidence.outcome, None
        try:
            return evidence.outcome, await web.date_of(wire, host, max(ends - time.monotonic(), 0.2))
        finally:
            await wire.drop()


async def _open(host: str, address: str, port: int, timeout: float) -> tuple[Connection, Wire | None]:
    family: Literal["IPv4", "IPv6"] = "IPv6" if ipaddress.ip_address(address.partition("%")[0]).version == 6 else "IPv4"
    loop = asyncio.get_running_loop()
    began = time.monotonic()

    def seen(outcome: ConnectOutcome, code: str | None = None) -> Connection:
        return Connection(host, address, port, family, outcome, code, since(began))

    try:
        sock = socket.socket(socket.AF_INET6 if family == "IPv6" else socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        return seen("unreachable", errno_name(error)), None
    try:
        sock.setblocking(False)
        async with asyncio.timeout(timeout):
            await loop.sock_connect(sock, (address, port))
        connected = seen("open")
        _, wire = await loop.create_connection(Wire, sock=sock)
    except TimeoutError as error:
        sock.close()
        return seen("timeout", errno_name(error)), None
    except OSError as error:
        sock.close()
        code = errno_name(error)
        return seen(_OUTCOMES.get(code or "", "failed"), code), None
    except asyncio.CancelledError:
        sock.close()
        raise
    return connected, wire


async def _speaks(wire: Wire, host: str, timeout: float, *, tls_first: bool) -> tuple[PortSpeaks, str | None]:
    """What answers on an open connection. Nothing but EHLO and QUIT is said, and only to what greets as SMTP."""
    if tls_first:
        return await _answers_tls(wire, host, timeout)
    patience = timeout * _PATIENCE
    try:
        async with asyncio.timeout(patience):
            line, _ = await wire.read_line()
    except TimeoutError:
        return await _answers_tls(wire, host, timeout - patience)
    except WireClosed as closed:
        if wire.partial:
            return "other", printable(wire.partial, limit=200)
        return "closes", closed.errno
    except EndlessReplyError:
        return "other", printable(wire.partial, limit=200)
    shown = printable(line, limit=200)
    if not shown.startswith("220"):
        return ("smtp" if shown[:1] in {"4", "5"} and shown[:3].isdecimal() else "other"), shown
    return "smtp", shown


async def _answers_tls(wire: Wire, host: str, timeout: float) -> tuple[PortSpeaks, str | None]:
    try:
        await wire.secure(tls.handshake_context(), tls.server_name(host), timeout)
    except TimeoutError:
        if wire.unread:
            return "smtp", printable(wire.unread, limit=200)
        return "silent", None
    except ssl.SSLError as error:
        if wire.unread.startswith(b"220"):
            return "smtp", printable(wire.unread, limit=200)
        return "other", ssl_reason(error)
    except (OSError, WireClosed) as error:
        return "closes", errno_name(error)
    return "tls", None
