from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.address import CHECK, LIMIT
from smtpwizard.checks.products import Destination, Destinations
from smtpwizard.model.check import Options, Override
from smtpwizard.model.evidence.names import AddressGiven, DnsOutcome, NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.settings import SettingFlaw
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeResolver, carried_out, ports

NAMESERVER = Options(timeout=0.3, nameserver="192.0.2.53")


async def test_the_system_s_answer_counts_and_the_dns_adds_to_the_picture() -> None:
    resolver = FakeResolver({"A": ("192.0.2.1",), "AAAA": ()}, known=("10.0.0.1",))
    verdict, recorded = await carried_out(CHECK, outside=ports(resolver))
    assert verdict.status is Status.PASS
    assert verdict.gives == (Destinations((Destination("10.0.0.1", 587),)),)
    assert [type(item) for item in recorded] == [SystemResolution, Resolution, Resolution, NamesDiffer]


@pytest.mark.parametrize(
    ("system", "dns", "status", "facts"),
    [
        ("127.0.0.1", "93.184.216.34", Status.WARN, ["names:other-network"]),
        ("0.0.0.0", "93.184.216.34", Status.WARN, ["names:other-network"]),
        ("10.0.0.1", "93.184.216.34", Status.WARN, ["names:other-network"]),
        ("93.184.216.35", "93.184.216.34", Status.PASS, ["names:other-addresses"]),
        ("93.184.216.34", "93.184.216.34", Status.PASS, []),
    ],
)
async def test_only_another_network_than_the_dns_says_is_warned_of(
    system: str, dns: str, status: Status, facts: list[str]
) -> None:
    resolver = FakeResolver({"A": (dns,), "AAAA": ()}, known=(system,))
    verdict, recorded = await carried_out(CHECK, outside=ports(resolver))
    assert verdict.status is status
    assert [item.fact for item in recorded if isinstance(item, NamesDiffer)] == facts
    assert verdict.gives == (Destinations((Destination(system, 587),)),)


async def test_a_silent_dns_does_not_hold_the_run_up_where_the_system_knows() -> None:
    verdict, recorded = await carried_out(CHECK, outside=ports(FakeResolver(known=("10.0.0.1",))))
    assert verdict.status is Status.PASS
    assert [type(item) for item in recorded] == [SystemResolution]


async def test_the_dns_alone_counts_where_a_name_server_is_given() -> None:
    resolver = FakeResolver({"A": ("192.0.2.1",), "AAAA": ("2001:db8::1",)}, known=("10.0.0.1",))
    verdict, _ = await carried_out(CHECK, options=NAMESERVER, outside=ports(resolver))
    assert verdict.gives == (Destinations((Destination("2001:db8::1", 587), Destination("192.0.2.1", 587))),)
    assert "system" not in resolver.asked


@pytest.mark.parametrize(
    ("a", "aaaa", "status"),
    [
        (("192.0.2.1",), (), Status.PASS),
        ((), ("2001:db8::1",), Status.PASS),
        (("192.0.2.1",), "servfail", Status.WARN),
        ((), (), Status.FAIL),
        ("nxdomain", "nxdomain", Status.FAIL),
        ("timeout", "timeout", Status.FAIL),
        ("lame", "loop", Status.FAIL),
    ],
)
async def test_half_an_answer_is_a_warning_and_none_a_failure(
    a: DnsOutcome | tuple[str, ...], aaaa: DnsOutcome | tuple[str, ...], status: Status
) -> None:
    resolver = FakeResolver({"A": a, "AAAA": aaaa})
    verdict, recorded = await carried_out(CHECK, options=NAMESERVER, outside=ports(resolver))
    assert verdict.status is status
    assert bool(verdict.gives) is (status is not Status.FAIL)
    assert len(recorded) == 2


@pytest.mark.parametrize(("host", "address"), [("192.0.2.7", "192.0.2.7"), ("[2001:db8::7]", "2001:db8::7")])
async def test_a_literal_address_is_taken_without_asking(host: str, address: str) -> None:
    resolver = FakeResolver()
    verdict, recorded = await carried_out(
        CHECK, account=msgspec.structs.replace(ACCOUNT, host=host), outside=ports(resolver)
    )
    assert verdict.gives == (Destinations((Destination(address, 587),)),)
    assert recorded == [AddressGiven(host, 587, address, 587, literal=True)]
    assert resolver.asked == []


async def test_localhost_never_goes_to_the_dns() -> None:
    resolver = FakeResolver(known=("127.0.0.1",))
    await carried_out(CHECK, account=msgspec.structs.replace(ACCOUNT, host="localhost"), outside=ports(resolver))
    assert resolver.asked == ["system"]


async def test_an_override_is_taken_and_said() -> None:
    options = Options(overrides=(Override("MAIL.test.", 587, "127.0.0.1", 2587), Override("x.test", 587, "::1", 1)))
    resolver = FakeResolver()
    verdict, recorded = await carried_out(CHECK, options=options, outside=ports(resolver))
    assert verdict.gives == (Destinations((Destination("127.0.0.1", 2587),)),)
    assert recorded == [AddressGiven("mail.test", 587, "127.0.0.1", 2587, literal=False)]
    assert resolver.asked == []


async def test_an_override_for_another_port_still_gives_the_address() -> None:
    options = Options(overrides=(Override("mail.test", 25, "127.0.0.1", 2525),))
    verdict, _ = await carried_out(CHECK, options=options, outside=ports(FakeResolver()))
    assert verdict.gives == (Destinations((Destination("127.0.0.1", 587),)),)


async def test_too_many_addresses_are_cut() -> None:
    resolver = FakeResolver(known=tuple(f"192.0.2.{n}" for n in range(1, 40)))
    verdict, _ = await carried_out(CHECK, outside=ports(resolver))
    (given,) = verdict.gives
    assert isinstance(given, Destinations)
    assert len(given.found) == LIMIT


@pytest.mark.parametrize(
    ("a", "suggested"), [("nxdomain", True), ((), True), ("servfail", False), (("192.0.2.1",), False)]
)
async def test_a_name_that_does_not_exist_and_is_near_to_a_known_one_gets_a_suggestion(
    a: DnsOutcome | tuple[str, ...], suggested: bool
) -> None:
    resolver = FakeResolver({"A": a, "AAAA": a})
    account = msgspec.structs.replace(ACCOUNT, host="smtp.gmaill.com")
    _, recorded = await carried_out(CHECK, account=account, outside=ports(resolver), known_hosts=("smtp.gmail.com",))
    found = [item.suggestion for item in recorded if isinstance(item, SettingFlaw)]
    assert found == (["smtp.gmail.com"] if suggested else [])


@pytest.mark.parametrize("given", ["bücher.test", "BÜCHER.test.", "xn--bcher-kva.test"])
@pytest.mark.parametrize("host", ["bücher.test", "xn--bcher-kva.test", "Bücher.test."])
async def test_an_internationalised_name_is_overridden_in_either_form(host: str, given: str) -> None:
    account = msgspec.structs.replace(ACCOUNT, host=host)
    options = Options(overrides=(Override(given, 587, "192.0.2.7", 2587),))
    verdict, _ = await carried_out(CHECK, account=account, options=options)
    assert verdict.gives == (Destinations((Destination("192.0.2.7", 2587),)),)
