"""A conversation by UDP with one address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, cast

QUEUE: Final = 64
"""Datagrams that may wait to be read; further ones are lost, as the network may lose any."""


class Datagrams(asyncio.DatagramProtocol):
    """What one address sends. The system hands on no datagram of another one: the socket is connected."""

    def __init__(self) -> None:
        self._received: asyncio.Queue[bytes | Exception] = asyncio.Queue(QUEUE)
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._put(data)

    def error_received(self, exc: Exception) -> None:
        self._put(exc)

    def _put(self, item: bytes | Exception) -> None:
        if not self._received.full():
            self._received.put_nowait(item)

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        if self._transport is not None:
            self._transport.sendto(data)

    async def receive(self) -> bytes:
        """The next datagram.

        Raises:
            OSError: the network said that it cannot be delivered, such as ECONNREFUSED for a closed port.
        """
        item = await self._received.get()
        if isinstance(item, Exception):
            raise item
        return item


@asynccontextmanager
async def talking_to(server: tuple[str, int]) -> AsyncIterator[Datagrams]:
    """A conversation with an IP address and port.

    Raises:
        OSError: there is no way to that address.
    """
    transport, datagrams = await asyncio.get_running_loop().create_datagram_endpoint(Datagrams, remote_addr=server)
    try:
        yield datagrams
    finally:
        transport.close()
