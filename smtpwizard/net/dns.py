"""Looks names up: in the DNS itself, and through the operating system."""

from __future__ import annotations

import asyncio
import io
import socket
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from smtpwizard.model.errors import UsageError
from smtpwizard.model.evidence.names import DnsOutcome, Resolution, SystemResolution
from smtpwizard.model.smtp import read_port
from smtpwizard.model.text import literal_address, printable
from smtpwizard.net.clock import since
from smtpwizard.net.datagrams import talking_to
from smtpwizard.net.threads import run_detached

if TYPE_CHECKING:
    import dns.message
    import dns.resolver

ADDRESSES: Final = 32
"""Addresses of one answer that are kept."""
ALIASES: Final = 16
"""CNAME records that are followed; a longer chain counts as a loop (RFC 1034, section 3.6.2)."""
SENDINGS: Final = 3
"""Times that a question is sent within its time limit (RFC 1035, section 4.2.1)."""
RESOLV_CONF: Final = Path("/etc/resolv.conf")
SEARCH: Final = 3
"""Search domains of the system that are tried for a name without a dot."""


class UnansweredError(Exception):
    """A name server gave no answer that can be used.

    Attributes:
        outcome: what it did instead.
        detail: what was wrong with it, where something came.
    """

    def __init__(self, outcome: DnsOutcome, detail: str | None = None) -> None:
        super().__init__(outcome)
        self.outcome: Final[DnsOutcome] = outcome
        self.detail: Final = detail


def parse_nameserver(text: str) -> tuple[str, int]:
    """Read `IP[:PORT]`, an IPv6 address with a port in brackets.

    Raises:
        UsageError: it is no IP address, or the port is none.
    """
    address, port = text, "53"
    if text.startswith("[") and "]" in text:
        address, _, rest = text[1:].partition("]")
        port = rest[1:] if rest.startswith(":") else rest or port
    elif text.count(":") == 1:
        address, port = text.split(":")
    number = read_port(port)
    if literal_address(address) is None or address.startswith("[") or number is None:
        raise UsageError(f"--nameserver {printable(text, limit=80)} is no IP address with an optional port.")
    return address, number


def configured_by(file: Path) -> dns.resolver.Resolver | None:
    """A resolver by the name servers that a configuration file gives and that can be understood; None without any."""
    import dns.exception
    import dns.inet
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=False)
    try:
        words = [line.split() for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
        usable = [
            f"nameserver {w[1]}\n"
            for w in words
            if w[:1] == ["nameserver"] and len(w) > 1 and dns.inet.is_address(w[1])
        ]
        resolver.read_resolv_conf(io.StringIO("".join(usable)))
    except (dns.exception.DNSException, OSError):
        return None
    return resolver


class DnsResolver:
    """Asks the system's name servers, or one that is given."""

    def __init__(self, nameserver: tuple[str, int] | None = None) -> None:
        self._nameserver = nameserver

    @cached_property
    def _configured(self) -> dns.resolver.Resolver | None:
        import dns.exception
        import dns.resolver

        try:
            return dns.resolver.Resolver()
        except (dns.exception.DNSException, OSError):
            return None
        except ValueError:
            # A line of it is no address, or no text. The system's own resolver passes over such a line too.
            return configured_by(RESOLV_CONF)

    @cached_property
    def _servers(self) -> Sequence[tuple[str, int]]:
        if self._nameserver is not None:
            return (self._nameserver,)
        if self._configured is None:
            return ()
        return tuple((str(server), self._configured.port) for server in self._configured.nameservers)

    @cached_property
    def _search(self) -> Sequence[str]:
        """Domains that the system adds to a name without a dot."""
        if self._nameserver is not None or self._configured is None:
            return ()
        return tuple(domain.to_text(omit_final_dot=True) for domain in self._configured.search[:SEARCH])

    async def resolve(self, name: str, record: str, timeout: float) -> Resolution:
        began = time.monotonic()
        searched = await asyncio.to_thread(lambda: self._search) if "." not in name else ()
        for domain in searched:
            found = await self._resolve(f"{name}.{domain}.", record, timeout - (time.monotonic() - began), began)
            if found.outcome == "answer":
                return found
        return await self._resolve(name, record, timeout - (time.monotonic() - began), began)

    async def _resolve(self, name: str, record: str, timeout: float, began: float) -> Resolution:
        began_asking = time.monotonic()
        servers = await asyncio.to_thread(lambda: self._servers)
        if not servers:
            return self._resolution(name, record, "unreachable", None, began, detail="no name server is configured")
        # The search domains before it may have used up the time.
        last = self._resolution(name, record, "timeout", None, began)
        for position, server in enumerate(servers):
            left = began_asking + timeout - time.monotonic()
            if left <= 0:
                break
            share = left if position == len(servers) - 1 else left / 2
            last = await self._ask(name, record, server, share, began)
            # Another server of the system may know better; a definite answer is one, whoever gives it.
            if last.outcome in {"answer", "no-data", "nxdomain", "loop", "bad-name"}:
                break
        return last

    async def _ask(self, name: str, record: str, server: tuple[str, int], timeout: float, began: float) -> Resolution:
        import dns.exception
        import dns.name

        where = f"{server[0]}:{server[1]}" if server[1] != 53 else server[0]
        aliases: list[str] = []

        def seen(outcome: DnsOutcome, addresses: tuple[str, ...] = (), detail: str | None = None) -> Resolution:
            return self._resolution(name, record, outcome, where, began, addresses, tuple(aliases), detail)

        try:
            question = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return seen("bad-name")
        ends = asyncio.get_running_loop().time() + timeout
        try:
            while len(aliases) <= ALIASES:
                reply = await _exchange(question, record, server, ends)
                outcome, addresses, following = _read(reply, question, record)
                aliases.extend(printable(alias.to_text(omit_final_dot=True), limit=253) for alias in following)
                if outcome is not None:
                    return seen(outcome, addresses)
                if not following or len(set(aliases)) < len(aliases):
                    return seen("loop")
                question = following[-1]
        except UnansweredError as unanswered:
            return seen(unanswered.outcome, detail=unanswered.detail)
        except OSError as error:
            return seen("unreachable", detail=error.strerror)
        return seen("loop")

    @staticmethod
    def _resolution(
        name: str,
        record: str,
        outcome: DnsOutcome,
        resolver: str | None,
        began: float,
        addresses: tuple[str, ...] = (),
        aliases: tuple[str, ...] = (),
        detail: str | None = None,
    ) -> Resolution:
        return Resolution(name, record, outcome, addresses, aliases, resolver, since(began), detail)

    async def system(self, name: str, timeout: float) -> SystemResolution:
        began = time.monotonic()

        def seen(
            outcome: Literal["answer", "not-found", "temporary", "failed", "timeout"],
            addresses: tuple[str, ...] = (),
            code: str | None = None,
        ) -> SystemResolution:
            return SystemResolution(name, outcome, addresses, code, since(began))

        try:
            async with asyncio.timeout(timeout):
                # It knows no time limit of its own, and takes longer than any of ours where no name server answers.
                found = await run_detached(lambda: socket.getaddrinfo(name, None, type=socket.SOCK_STREAM), "lookup")
        except TimeoutError:
            return seen("timeout")
        except socket.gaierror as error:
            code = _EAI.get(error.errno or 0, str(error.errno))
            return seen("not-found" if code in _ABSENT else "temporary" if code == "EAI_AGAIN" else "failed", (), code)
        except (OSError, UnicodeError):
            return seen("failed")
        addresses = dict.fromkeys(str(item[4][0]) for item in found)
        return seen("answer", tuple(addresses)[:ADDRESSES])


_EAI: Final = {
    getattr(socket, name): name
    for name in ("EAI_AGAIN", "EAI_FAIL", "EAI_NODATA", "EAI_NONAME", "EAI_ADDRFAMILY", "EAI_SYSTEM")
    if hasattr(socket, name)
}
_ABSENT: Final = frozenset({"EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY"})


async def _exchange(name: dns.name.Name, record: str, server: tuple[str, int], ends: float) -> dns.message.Message:
    """Ask by UDP, again where nothing comes, and by TCP where the answer does not fit (RFC 7766), until the loop's time
    `ends`.

    An answer that bears another number or another question is a forger's or a broken server's. The real one may still
    come after it, so it is waited for; only at the end does it count what came instead.

    Raises:
        UnansweredError: no answer to this question came.
        OSError: the server cannot be reached.
    """
    import dns.flags
    import dns.message

    query = dns.message.make_query(name, record, use_edns=0, payload=1232)
    instead = UnansweredError("timeout")
    now = asyncio.get_running_loop().time()
    pause = (ends - now) / SENDINGS
    try:
        async with asyncio.timeout_at(ends), talking_to(server) as datagrams:
            again = now
            while True:
                try:
                    if again <= asyncio.get_running_loop().time():
                        datagrams.send(query.to_wire())
                        again += pause
                    async with asyncio.timeout_at(again):
                        data = await datagrams.receive()
                except TimeoutError:
                    # The network may lose a datagram.
                    continue
                try:
                    reply = _answer(data, query)
                    break
                except UnansweredError as unanswered:
                    instead = unanswered
    except TimeoutError:
        raise instead from None
    if not reply.flags & dns.flags.TC:
        return reply
    return await _by_tcp(query, server, ends)


async def _by_tcp(query: dns.message.Message, server: tuple[str, int], ends: float) -> dns.message.Message:
    wire = query.to_wire()
    try:
        async with asyncio.timeout_at(ends):
            reader, writer = await asyncio.open_connection(*server)
            try:
                writer.write(len(wire).to_bytes(2, "big") + wire)
                length = int.from_bytes(await reader.readexactly(2), "big")
                return _answer(await reader.readexactly(length), query)
            finally:
                writer.close()
    except (OSError, EOFError) as error:
        why = "no answer over TCP" if isinstance(error, TimeoutError | EOFError) else error.strerror
        raise UnansweredError("truncated", why) from error


def _answer(data: bytes, query: dns.message.Message) -> dns.message.Message:
    """Read an answer to a query.

    Raises:
        UnansweredError: it answers something else, or cannot be read.
    """
    import dns.exception
    import dns.message

    if len(data) >= 12 and int.from_bytes(data[:2], "big") != query.id:
        raise UnansweredError("forged", "it bears the number of another question")
    try:
        reply = dns.message.from_wire(data)
    except (dns.exception.DNSException, ValueError) as error:
        raise UnansweredError("malformed", printable(str(error), limit=200)) from error
    if not query.is_response(reply):
        raise UnansweredError("forged", "it answers another question")
    return reply


def _read(
    reply: dns.message.Message, question: dns.name.Name, record: str
) -> tuple[DnsOutcome | None, tuple[str, ...], list[dns.name.Name]]:
    """Outcome, addresses, and the CNAME targets that were followed. No outcome: the last target is to be asked for."""
    import dns.flags
    import dns.rcode
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(record)
    followed: list[dns.name.Name] = []
    name = question
    while True:
        addresses = [
            item.to_text() for rrset in reply.answer if rrset.name == name and rrset.rdtype == wanted for item in rrset
        ]
        if addresses:
            return "answer", tuple(sorted(addresses)[:ADDRESSES]), followed
        target = next(
            (
                rrset[0].target
                for rrset in reply.answer
                if rrset.name == name and rrset.rdtype == dns.rdatatype.CNAME and len(rrset)
            ),
            None,
        )
        if target is None:
            break
        if target in followed or target == question or len(followed) == ALIASES:
            return "loop", (), [*followed, target]
        followed.append(target)
        name = target
    code = reply.rcode()
    if code == dns.rcode.NXDOMAIN:
        return "nxdomain", (), followed
    if code == dns.rcode.SERVFAIL:
        return "servfail", (), followed
    if code == dns.rcode.REFUSED:
        return "refused", (), followed
    if code != dns.rcode.NOERROR:
        return "malformed", (), followed
    if followed and not reply.flags & dns.flags.RA:
        return None, (), followed
    if not reply.flags & (dns.flags.AA | dns.flags.RA):
        # Neither an authority nor a recursive server: it points elsewhere and knows nothing itself.
        return "lame", (), followed
    return "no-data", (), followed
