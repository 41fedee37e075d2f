"""A name server for practice: one host name, answered as a scenario has it, over UDP and TCP (RFC 1035, 7766)."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from smtpwizard.model.errors import CannotRunError
from smtpwizard.practice.scenario import Dns

if TYPE_CHECKING:
    import dns.message
    import dns.rrset

TTL: Final = 0
"""Seconds. Nothing that is said here is to be remembered."""
Conversation: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ATTEMPTS: Final = 20
"""Ports that are tried until one is free for both UDP and TCP."""


class NameServer:
    """Answers questions about one host name. Any other name does not exist."""

    def __init__(self, name: str, zone: Dns) -> None:
        self._name = name
        self._zone = zone

    def answer(self, query: bytes, *, over_tcp: bool) -> bytes | None:
        """What goes back for a query; None is nothing."""
        import dns.exception
        import dns.flags
        import dns.message
        import dns.name
        import dns.rcode
        import dns.rdatatype

        try:
            asked = dns.message.from_wire(query)
            if asked.flags & dns.flags.QR or not asked.question:
                return None
            reply = dns.message.make_response(asked, recursion_available=True)
        except (dns.exception.DNSException, ValueError):
            return None
        question = asked.question[0]
        zone = self._zone
        if question.name != dns.name.from_text(self._name):
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply.to_wire()
        if dns.rdatatype.to_text(question.rdtype) in zone.silent:
            return None
        match zone.answer:
            case "silence":
                return None
            case "nxdomain":
                reply.set_rcode(dns.rcode.NXDOMAIN)
            case "servfail":
                reply.set_rcode(dns.rcode.SERVFAIL)
            case "refused":
                reply.set_rcode(dns.rcode.REFUSED)
            case "lame":
                # A referral to elsewhere from a server that neither knows nor asks for others.
                reply.flags &= ~(dns.flags.RA | dns.flags.AA)
                _add(reply.authority, "test.", "NS", "ns.elsewhere.test.")
            case "loop":
                _add(reply.answer, self._name, "CNAME", f"one.{self._name}.")
                _add(reply.answer, f"one.{self._name}", "CNAME", f"{self._name}.")
            case "truncated" if not over_tcp:
                reply.flags |= dns.flags.TC
            case "wrong-id":
                self._add_addresses(reply)
                reply.id = asked.id ^ 0x5555
            case "other-question":
                self._add_addresses(reply)
                reply.question[0].name = dns.name.from_text("other.practice.test")
            case "garbage":
                # A header that promises an answer, and no answer.
                return query[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\xff\xff\xff"
            case _:
                self._add_addresses(reply)
        return reply.to_wire()

    def _add_addresses(self, reply: dns.message.Message) -> None:
        import dns.flags
        import dns.rdatatype

        reply.flags |= dns.flags.AA
        owner = self._name
        for alias in self._zone.aliases:
            _add(reply.answer, owner, "CNAME", f"{alias}.")
            owner = alias
        kind = dns.rdatatype.to_text(reply.question[0].rdtype)
        addresses = {"A": self._zone.a, "AAAA": self._zone.aaaa}.get(kind, ())
        if addresses:
            _add(reply.answer, owner, kind, *addresses)


def _add(section: list[dns.rrset.RRset], owner: str, kind: str, *contents: str) -> None:
    import dns.name
    import dns.rrset

    section.append(dns.rrset.from_text(dns.name.from_text(owner), TTL, "IN", kind, *contents))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer, delay: float) -> None:
        self._server = server
        self._delay = delay
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._server.answer(data, over_tcp=False)
        if reply is not None:
            asyncio.get_running_loop().call_later(self._delay, self._send, reply, addr)

    def _send(self, reply: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def serve_names(name: str, zone: Dns, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Answer on one port of one address, over UDP and TCP. Gives the port.

    Raises:
        CannotRunError: the port is not to be had.
    """
    server = NameServer(name, zone)
    loop = asyncio.get_running_loop()
    stream, datagrams = _sockets(host, port)
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(server, zone.delay), sock=datagrams)
    conversations: set[asyncio.StreamWriter] = set()
    listener = await asyncio.start_server(_over_tcp(server, zone.delay, conversations), sock=stream)
    try:
        yield int(stream.getsockname()[1])
    finally:
        transport.close()
        listener.close()
        for writer in conversations:
            writer.close()
        # One turn of the loop, in which the transports close their sockets.
        await asyncio.sleep(0)


def _over_tcp(server: NameServer, delay: float, conversations: set[asyncio.StreamWriter]) -> Conversation:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations.add(writer)
        # Whatever ends the connection ends no more than this one conversation.
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                reply = server.answer(await reader.readexactly(length), over_tcp=True)
                if reply is not None:
                    await asyncio.sleep(delay)
                    writer.write(len(reply).to_bytes(2, "big") + reply)
                    await writer.drain()
        writer.close()
        conversations.discard(writer)

    return converse


def _sockets(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ipaddress.ip_address(host).version == 6 else socket.AF_INET
    problem: OSError | None = None
    for _ in range(1 if port else ATTEMPTS):
        stream = socket.socket(family, socket.SOCK_STREAM)
        datagrams = socket.socket(family, socket.SOCK_DGRAM)
        try:
            stream.bind((host, port))
            datagrams.bind((host, stream.getsockname()[1]))
        except OSError as error:
            problem = error
            stream.close()
            datagrams.close()
        else:
            stream.setblocking(False)
            datagrams.setblocking(False)
            return stream, datagrams
    raise CannotRunError(f"No port on {host} is free for a name server: {problem}.")
