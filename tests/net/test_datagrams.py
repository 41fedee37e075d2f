from __future__ import annotations

import asyncio
import socket

import pytest

from smtpwizard.net.datagrams import QUEUE, Datagrams, talking_to


async def test_what_is_sent_arrives_and_what_comes_back_is_received() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        async with talking_to(server.getsockname()) as datagrams:
            datagrams.send(b"question")
            data, asker = await asyncio.get_running_loop().sock_recvfrom(server, 100)
            assert data == b"question"
            server.sendto(b"answer", asker)
            assert await datagrams.receive() == b"answer"


async def test_a_closed_port_says_so() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        where = unused.getsockname()
    async with talking_to(where) as datagrams:
        datagrams.send(b"question")
        with pytest.raises(ConnectionRefusedError):
            await datagrams.receive()


async def test_a_flood_is_cut() -> None:
    datagrams = Datagrams()
    for number in range(QUEUE * 2):
        datagrams.datagram_received(b"%d" % number, ("127.0.0.1", 53))
    received = [await datagrams.receive() for _ in range(QUEUE)]
    assert received[0] == b"0"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(datagrams.receive(), 0.01)
