from __future__ import annotations

import asyncio
from typing import get_args, get_type_hints

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import msgspec
import pytest

from smtpwizard.model.errors import CannotRunError
from smtpwizard.practice.nameserver import serve_names
from smtpwizard.practice.scenario import Dns, load_scenarios

NAME = "mail.practice.test"


async def _ask(port: int, name: str = NAME, kind: str = "A") -> dns.message.QueryMessage:
    query = dns.message.make_query(name, kind)
    reply, _ = await dns.asyncquery.udp_with_fallback(query, "127.0.0.1", port=port, timeout=0.4)
    assert isinstance(reply, dns.message.QueryMessage)
    return reply


def _addresses(reply: dns.message.Message) -> list[str]:
    return sorted(item.to_text() for rrset in reply.answer for item in rrset)


async def test_addresses_of_both_families_are_given() -> None:
    zone = Dns(a=("127.0.0.1", "127.0.0.2"), aaaa=("::1",))

    async with serve_names(NAME, zone) as port:
        assert _addresses(await _ask(port)) == ["127.0.0.1", "127.0.0.2"]
        assert _addresses(await _ask(port, kind="AAAA")) == ["::1"]
        assert (await _ask(port)).flags & dns.flags.AA


async def test_a_name_without_addresses_is_no_error() -> None:
    async with serve_names(NAME, Dns()) as port:
        reply = await _ask(port)

    assert reply.rcode() == dns.rcode.NOERROR
    assert reply.answer == []


async def test_other_names_do_not_exist() -> None:
    async with serve_names(NAME, Dns(a=("127.0.0.1",))) as port:
        assert (await _ask(port, "other.test")).rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize(
    ("answer", "rcode"),
    [("nxdomain", dns.rcode.NXDOMAIN), ("servfail", dns.rcode.SERVFAIL), ("refused", dns.rcode.REFUSED)],
)
async def test_failures_are_told_apart(answer: str, rcode: dns.rcode.Rcode) -> None:
    async with serve_names(NAME, _zone(answer)) as port:
        assert (await _ask(port)).rcode() == rcode


@pytest.mark.parametrize("answer", ["silence", "wrong-id", "other-question", "garbage"])
async def test_what_cannot_be_taken_for_an_answer_is_none(answer: str) -> None:
    async with serve_names(NAME, _zone(answer)) as port:
        with pytest.raises((dns.exception.DNSException, ValueError)):
            await _ask(port)


async def test_a_truncated_answer_comes_whole_over_tcp() -> None:
    query = dns.message.make_query(NAME, "A")

    async with serve_names(NAME, _zone("truncated")) as port:
        cut = await dns.asyncquery.udp(query, "127.0.0.1", port=port, timeout=1)
        _, over_tcp = await dns.asyncquery.udp_with_fallback(query, "127.0.0.1", port=port, timeout=1)
        whole = await _ask(port)

    assert cut.flags & dns.flags.TC
    assert cut.answer == []
    assert over_tcp
    assert _addresses(whole) == ["127.0.0.1"]


async def test_a_lame_server_points_elsewhere() -> None:
    async with serve_names(NAME, _zone("lame")) as port:
        reply = await _ask(port)

    assert not reply.flags & (dns.flags.AA | dns.flags.RA)
    assert reply.answer == []
    assert reply.authority


async def test_a_loop_of_aliases_leads_nowhere() -> None:
    async with serve_names(NAME, _zone("loop")) as port:
        reply = await _ask(port)

        with pytest.raises(dns.exception.DNSException):
            reply.resolve_chaining()
    assert len(reply.answer) == 2


async def test_aliases_are_followed_to_the_address() -> None:
    async with serve_names(NAME, Dns(a=("127.0.0.1",), aliases=("one.test", "two.test"))) as port:
        chain = (await _ask(port)).resolve_chaining()

    assert chain.canonical_name.to_text() == "two.test."
    assert chain.answer is not None


async def test_one_record_type_can_stay_silent() -> None:
    async with serve_names(NAME, Dns(a=("127.0.0.1",), silent=("AAAA",))) as port:
        assert _addresses(await _ask(port)) == ["127.0.0.1"]
        with pytest.raises(dns.exception.Timeout):
            await _ask(port, kind="AAAA")


async def test_octets_that_are_no_query_are_passed_over() -> None:
    async with serve_names(NAME, Dns(a=("127.0.0.1",))) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\x00\x03abc")
        writer.write(_framed(dns.message.make_query(NAME, "A").to_wire()))
        length = int.from_bytes(await reader.readexactly(2), "big")
        reply = dns.message.from_wire(await reader.readexactly(length))
        writer.close()
        await writer.wait_closed()

    assert _addresses(reply) == ["127.0.0.1"]


async def test_a_port_in_use_is_said() -> None:
    async with serve_names(NAME, Dns()) as port:
        with pytest.raises(CannotRunError, match="No port"):
            async with serve_names(NAME, Dns(), port=port):
                pass


def test_every_answer_of_the_name_server_has_a_scenario() -> None:
    played = {scenario.dns.answer for scenario in load_scenarios().values() if scenario.dns is not None}

    assert set(get_args(get_type_hints(Dns)["answer"])) == played


def _zone(answer: str) -> Dns:
    return msgspec.convert({"answer": answer, "a": ["127.0.0.1"]}, Dns)


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(2, "big") + message
