"""A look at a web server, for nothing but the time it says."""

from __future__ import annotations

import asyncio
from typing import Final

from smtpwizard.model.moment import told_time
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.net import tls
from smtpwizard.net.wire import Wire, WireClosed

HEADERS: Final = 100
"""Lines of a reply that are read."""


async def date_of(wire: Wire, host: str, timeout: float) -> str | None:
    """The `Date` of the reply to HEAD (RFC 9110, section 6.6.1) as RFC 3339, or None where none is to be had."""
    try:
        async with asyncio.timeout(timeout):
            return await _ask(wire, host, timeout)
    except (OSError, WireClosed):
        return None


async def _ask(wire: Wire, host: str, timeout: float) -> str | None:
    connection = await wire.secure(tls.handshake_context(), tls.server_name(host), timeout)
    # Whether the clock is right is in question, so a certificate's dates cannot count; its name and issuer do.
    certificate = await tls.judged(connection, TlsPolicy(host), dated=False)
    if certificate is None or certificate.verdict != "trusted":
        return None
    await wire.write(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    for _ in range(HEADERS):
        line, _ = await wire.read_line()
        name, _, value = line.partition(b":")
        if not line:
            break
        if name.strip().lower() == b"date":
            return told_time(value.decode("latin-1"))
    return None
