from __future__ import annotations

import asyncio
import itertools
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from smtpwizard.model.errors import UsageError
from smtpwizard.model.evidence.names import Resolution
from smtpwizard.net.dns import ADDRESSES, ALIASES, DnsResolver, configured_by, parse_nameserver

NAME = "mail.example.test"
PATIENT = 3.0
SHORT = 0.15
Reply = Callable[[dns.message.Message, bool], bytes | None]


def response(query: dns.message.Message, *records: str, code: dns.rcode.Rcode = dns.rcode.NOERROR) -> bytes:
    reply = dns.message.make_response(query, recursion_available=True)
    reply.set_rcode(code)
    for record in records:
        name, ttl, kind, rdtype, data = record.split(None, 4)
        reply.answer.append(dns.rrset.from_text(name, int(ttl), kind, rdtype, data))
    return reply.to_wire(max_size=65535)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._reply(dns.message.from_wire(data), False)
        if answer is not None and self.transport is not None:
            self.transport.sendto(answer, addr)


@asynccontextmanager
async def answering(reply: Reply) -> AsyncIterator[DnsResolver]:
    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2))
        answer = reply(dns.message.from_wire(await reader.readexactly(length)), True)
        if answer is not None:
            writer.write(len(answer).to_bytes(2) + answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(over_tcp, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Datagrams(reply), local_addr=("127.0.0.1", port)
    )
    try:
        yield DnsResolver(("127.0.0.1", port))
    finally:
        transport.close()
        server.close()


async def resolved(reply: Reply, name: str = NAME, record: str = "A", timeout: float = PATIENT) -> Resolution:
    async with answering(reply) as resolver:
        return await resolver.resolve(name, record, timeout)


async def test_addresses_come_sorted_with_who_said_so() -> None:
    found = await resolved(
        lambda query, tcp: response(query, f"{NAME}. 60 IN A 192.0.2.2", f"{NAME}. 60 IN A 192.0.2.1")
    )
    assert found.outcome == "answer"
    assert found.addresses == ("192.0.2.1", "192.0.2.2")
    assert found.resolver is not None
    assert found.resolver.startswith("127.0.0.1:")
    assert found.aliases == ()


async def test_ipv6_addresses_are_asked_for_by_their_own_record() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        assert query.question[0].rdtype == dns.rdatatype.AAAA
        return response(query, f"{NAME}. 60 IN AAAA 2001:db8::1")

    assert (await resolved(reply, record="AAAA")).addresses == ("2001:db8::1",)


async def test_too_many_addresses_are_cut() -> None:
    records = [f"{NAME}. 60 IN A 192.0.2.{n}" for n in range(1, 80)]
    assert len((await resolved(lambda query, tcp: response(query, *records))).addresses) == ADDRESSES


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (dns.rcode.NOERROR, "no-data"),
        (dns.rcode.NXDOMAIN, "nxdomain"),
        (dns.rcode.SERVFAIL, "servfail"),
        (dns.rcode.REFUSED, "refused"),
        (dns.rcode.FORMERR, "malformed"),
        (dns.rcode.NOTIMP, "malformed"),
    ],
)
async def test_each_way_of_saying_no_is_told_apart(code: dns.rcode.Rcode, outcome: str) -> None:
    found = await resolved(lambda query, tcp: response(query, code=code))
    assert (found.outcome, found.addresses) == (outcome, ())
    assert found.fact == f"dns:{outcome}"


async def test_a_truncated_answer_is_fetched_over_tcp() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        if tcp:
            return response(query, f"{NAME}. 60 IN A 192.0.2.1")
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.TC
        return short.to_wire()

    assert (await resolved(reply)).addresses == ("192.0.2.1",)


async def test_no_answer_is_a_timeout() -> None:
    found = await resolved(lambda query, tcp: None, timeout=SHORT)
    assert found.outcome == "timeout"


async def test_a_question_that_the_network_loses_is_sent_again() -> None:
    numbers: list[int] = []

    def losing(query: dns.message.Message, tcp: bool) -> bytes | None:
        numbers.append(query.id)
        return response(query, f"{NAME}. 60 IN A 192.0.2.1") if len(numbers) == 2 else None

    assert (await resolved(losing, timeout=1.0)).addresses == ("192.0.2.1",)
    assert numbers == [numbers[0]] * 2


async def test_a_closed_port_is_no_silence() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    found = await DnsResolver(("127.0.0.1", port)).resolve(NAME, "A", PATIENT)
    # By the network's word, not because time ran out.
    assert (found.outcome, found.addresses, found.detail) == ("unreachable", (), "Connection refused")


async def test_an_answer_to_another_question_is_not_believed() -> None:
    def another_id(query: dns.message.Message, tcp: bool) -> bytes:
        query.id ^= 1
        return response(query, f"{NAME}. 60 IN A 192.0.2.66")

    def another_name(query: dns.message.Message, tcp: bool) -> bytes:
        other = dns.message.make_query("other.test", "A", id=query.id)
        return response(other, "other.test. 60 IN A 192.0.2.66")

    for reply in (another_id, another_name):
        found = await resolved(reply, timeout=SHORT)
        assert found.addresses == ()
        assert found.outcome == "forged"
        assert found.detail


async def test_a_good_answer_after_a_forged_one_is_taken() -> None:
    loop = asyncio.get_running_loop()

    class Twice(Datagrams):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            assert self.transport is not None
            query = dns.message.from_wire(data)
            good = response(query, f"{NAME}. 60 IN A 192.0.2.1")
            query.id ^= 1
            self.transport.sendto(response(query, f"{NAME}. 60 IN A 192.0.2.66"), addr)
            self.transport.sendto(b"garbage", addr)
            self.transport.sendto(good, addr)

    transport, _ = await loop.create_datagram_endpoint(lambda: Twice(lambda q, t: None), local_addr=("127.0.0.1", 0))
    try:
        where = transport.get_extra_info("sockname")
        assert (await DnsResolver(where).resolve(NAME, "A", PATIENT)).addresses == ("192.0.2.1",)
    finally:
        transport.close()


@pytest.mark.parametrize("garbage", [b"\x00", b"garbage", b"\xff" * 600])
async def test_garbage_is_no_answer(garbage: bytes) -> None:
    found = await resolved(lambda query, tcp: garbage, timeout=SHORT)
    assert found.outcome in {"malformed", "forged"}
    assert found.addresses == ()


async def test_an_answer_that_breaks_off_is_garbage() -> None:
    found = await resolved(lambda query, tcp: response(query, f"{NAME}. 60 IN A 192.0.2.1")[:-3], timeout=SHORT)
    assert found.outcome == "malformed"


@pytest.mark.parametrize("rest", [None, b"garbage"])
async def test_a_truncated_answer_whose_rest_cannot_be_had_is_said_to_be_one(rest: bytes | None) -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes | None:
        if tcp:
            return rest
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.TC
        return short.to_wire()

    found = await resolved(reply, timeout=SHORT)
    assert found.outcome == ("malformed" if rest else "truncated")


async def test_a_name_without_a_dot_is_looked_for_in_the_search_domains() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        known = query.question[0].name.to_text() == "mail.corp.test."
        return (
            response(query, "mail.corp.test. 60 IN A 192.0.2.1") if known else response(query, code=dns.rcode.NXDOMAIN)
        )

    async with answering(reply) as resolver:
        resolver.__dict__["_search"] = ("lab.test", "corp.test")
        assert (await resolver.resolve("mail", "A", PATIENT)).addresses == ("192.0.2.1",)
        assert (await resolver.resolve("other", "A", PATIENT)).outcome == "nxdomain"
        assert (await resolver.resolve("mail.", "A", PATIENT)).outcome == "nxdomain"


async def test_a_search_domain_that_uses_up_the_time_leaves_a_timeout() -> None:
    async with answering(lambda query, tcp: None) as resolver:
        resolver.__dict__["_search"] = ("lab.test",)
        found = await resolver.resolve("mail", "A", SHORT)
    assert (found.name, found.outcome, found.detail) == ("mail", "timeout", None)


async def test_a_trailing_dot_changes_nothing() -> None:
    found = await resolved(lambda query, tcp: response(query, f"{NAME}. 60 IN A 192.0.2.1"), name=f"{NAME}.")
    assert found.addresses == ("192.0.2.1",)


async def test_aliases_are_followed_in_one_answer() -> None:
    found = await resolved(
        lambda query, tcp: response(
            query,
            f"{NAME}. 60 IN CNAME relay.example.test.",
            "relay.example.test. 60 IN CNAME edge.example.test.",
            "edge.example.test. 60 IN A 192.0.2.1",
        )
    )
    assert found.outcome == "answer"
    assert found.aliases == ("relay.example.test", "edge.example.test")
    assert found.addresses == ("192.0.2.1",)


async def test_aliases_are_followed_over_several_answers_of_an_authority() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        name = query.question[0].name.to_text()
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        record = ("CNAME", "edge.example.net.") if name == f"{NAME}." else ("A", "192.0.2.1")
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", *record))
        return answer.to_wire()

    found = await resolved(reply)
    assert (found.outcome, found.aliases, found.addresses) == ("answer", ("edge.example.net",), ("192.0.2.1",))


@pytest.mark.parametrize(("links", "outcome"), [(ALIASES, "answer"), (ALIASES + 1, "loop"), (3 * ALIASES, "loop")])
async def test_a_chain_of_aliases_that_is_too_long_is_a_loop(links: int, outcome: str) -> None:
    names = [NAME, *(f"alias{number}.example.test" for number in range(links))]
    chain = [f"{one}. 60 IN CNAME {other}." for one, other in itertools.pairwise(names)]
    found = await resolved(lambda query, tcp: response(query, *chain, f"{names[-1]}. 60 IN A 192.0.2.1"))
    assert found.outcome == outcome


async def test_an_alias_without_an_address_is_no_data() -> None:
    found = await resolved(lambda query, tcp: response(query, f"{NAME}. 60 IN CNAME gone.example.test."))
    assert found.outcome == "no-data"
    assert found.aliases == ("gone.example.test",)


@pytest.mark.parametrize("authority", [True, False])
async def test_aliases_that_lead_back_are_a_loop(authority: bool) -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        name = query.question[0].name.to_text()
        target = "b.example.test." if name == f"{NAME}." else f"{NAME}."
        answer = dns.message.make_response(query, recursion_available=not authority)
        answer.flags |= dns.flags.AA if authority else 0
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", target))
        if not authority:
            answer.answer.append(dns.rrset.from_text(target, 60, "IN", "CNAME", name))
        return answer.to_wire()

    assert (await resolved(reply)).outcome == "loop"


async def test_an_alias_of_itself_is_a_loop() -> None:
    assert (await resolved(lambda query, tcp: response(query, f"{NAME}. 60 IN CNAME {NAME}."))).outcome == "loop"


async def test_endless_aliases_are_a_loop() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        name = query.question[0].name.to_text()
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", f"x{len(name)}.{name}"))
        return answer.to_wire()

    found = await resolved(reply)
    assert found.outcome == "loop"
    assert len(found.aliases) < 30


async def test_a_server_that_only_points_elsewhere_is_lame() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        return dns.message.make_response(query).to_wire()

    assert (await resolved(reply)).outcome == "lame"


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "a..test", ".".join(["label"] * 60), "\\", "xn--\u2028.test"])
async def test_what_cannot_be_a_name_is_not_asked_for(name: str) -> None:
    assert (await resolved(lambda query, tcp: None, name=name, timeout=SHORT)).outcome == "bad-name"


async def test_an_internationalised_name_is_asked_for_in_ascii() -> None:
    def reply(query: dns.message.Message, tcp: bool) -> bytes:
        assert query.question[0].name.to_text() == "xn--bcher-kva.example."
        return response(query, "xn--bcher-kva.example. 60 IN A 192.0.2.1")

    assert (await resolved(reply, name="bücher.example")).outcome == "answer"


async def test_a_server_that_answers_is_not_waited_for_after_one_that_does_not() -> None:
    async with (
        answering(lambda query, tcp: response(query, f"{NAME}. 60 IN A 192.0.2.1")) as good,
        answering(lambda query, tcp: response(query, code=dns.rcode.SERVFAIL)) as bad,
    ):
        resolver = DnsResolver()
        resolver.__dict__["_servers"] = (*bad._servers, *good._servers)
        assert (await resolver.resolve(NAME, "A", PATIENT)).addresses == ("192.0.2.1",)


async def test_without_any_name_server_nothing_is_reached() -> None:
    resolver = DnsResolver()
    resolver.__dict__["_servers"] = ()
    found = await resolver.resolve(NAME, "A", PATIENT)
    assert (found.outcome, found.resolver) == ("unreachable", None)


async def test_the_system_knows_this_machine() -> None:
    found = await DnsResolver().system("localhost", PATIENT)
    assert found.outcome == "answer"
    assert "127.0.0.1" in found.addresses or "::1" in found.addresses


@pytest.mark.parametrize(
    ("error", "outcome", "errno"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "not-found", "EAI_NONAME"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "temporary", "EAI_AGAIN"),
        (socket.gaierror(socket.EAI_FAIL, "x"), "failed", "EAI_FAIL"),
        (UnicodeError("label too long"), "failed", None),
        (OSError(5, "x"), "failed", None),
    ],
)
async def test_each_way_the_system_fails_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: str, errno: str | None
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    found = await DnsResolver().system(NAME, PATIENT)
    assert (found.outcome, found.errno) == (outcome, errno)


def test_system_lookups_that_hang_hold_up_neither_others_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    real, release, left = socket.getaddrinfo, threading.Event(), threading.Event()

    def hang(name: str, port: None, *, type: int) -> object:
        if name != NAME:
            return real(name, port, type=type)
        release.wait(30)
        left.set()
        raise socket.gaierror(socket.EAI_AGAIN, "x")

    async def look_up() -> list[str]:
        resolver = DnsResolver()
        async with asyncio.TaskGroup() as group:
            hanging = [group.create_task(resolver.system(NAME, SHORT)) for _ in range(40)]
            healthy = group.create_task(resolver.system("localhost", PATIENT))
        return [healthy.result().outcome, *(task.result().outcome for task in hanging)]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    assert asyncio.run(look_up()) == ["answer", *["timeout"] * 40]
    assert not left.is_set()
    release.set()


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("192.0.2.1", ("192.0.2.1", 53)),
        ("192.0.2.1:5353", ("192.0.2.1", 5353)),
        ("2001:db8::1", ("2001:db8::1", 53)),
        ("[2001:db8::1]", ("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ("2001:db8::1", 5353)),
    ],
)
def test_a_name_server_is_an_address_with_an_optional_port(text: str, server: tuple[str, int]) -> None:
    assert parse_nameserver(text) == server


@pytest.mark.parametrize(
    "text", ["", "dns.test", "192.0.2.1:0", "192.0.2.1:70000", "192.0.2.1:x", "192.0.2.1:5_3", "[::1", "[::1]x", "\x1b"]
)
def test_what_is_no_name_server_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_nameserver(text)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize(
    ("content", "servers"),
    [
        (b"nameserver not-an-address\nnameserver\nnameserver 192.0.2.53\n", ["192.0.2.53"]),
        (b"search \xff\xfe\nnameserver ::1\n", ["::1"]),
        (b"nameserver not-an-address\n", None),
        (None, None),
    ],
)
def test_a_configuration_with_lines_that_make_no_sense_gives_what_does(
    content: bytes | None, servers: list[str] | None, tmp_path: Path
) -> None:
    file = tmp_path / "resolv.conf"
    if content is not None:
        file.write_bytes(content)
    found = configured_by(file)
    assert (None if found is None else list(map(str, found.nameservers))) == servers
