from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.port_matrix import ADDRESSES, CHECK
from smtpwizard.checks.products import Connected, Destination, Destinations
from smtpwizard.model.check import Options, Override
from smtpwizard.model.evidence.connect import ConnectOutcome, Ports, PortSpeaks
from smtpwizard.model.provider import ProviderEndpoint
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeNetwork, FakeSession, carried_out, ports
from tests.checks.test_lint import GOOGLE

ONE = Destinations((Destination("192.0.2.1", 587),))


@pytest.mark.parametrize(
    ("found", "outcome", "answering"),
    [
        ({25: "timeout", 465: "timeout", 2525: "timeout"}, "all-dropped", ()),
        ({}, "all-refused", ()),
        ({25: "timeout", 465: "timeout", 2525: "smtp"}, "another-open", (2525,)),
        ({465: "tls", 2525: "smtp"}, "another-open", (465, 2525)),
        ({25: "smtp", 465: "timeout"}, "mixed", ()),
        ({465: "silent", 2525: "other"}, "mixed", ()),
    ],
)
async def test_the_other_ports_taken_together(
    found: dict[int, ConnectOutcome | PortSpeaks], outcome: str, answering: tuple[int, ...]
) -> None:
    verdict, recorded = await carried_out(CHECK, ONE, outside=ports(network=FakeNetwork(ports=found)))
    (together,) = [item for item in recorded if isinstance(item, Ports)]
    assert (together.outcome, together.answering) == (outcome, answering)
    assert verdict.status is Status.WARN
    assert len(recorded) == 4


async def test_with_the_own_port_open_the_rest_is_only_told() -> None:
    verdict, recorded = await carried_out(CHECK, ONE, Connected(FakeSession()), outside=ports())
    assert verdict.status is Status.PASS
    assert recorded[-1] == Ports("usable", ())


async def test_the_own_port_is_not_asked_again() -> None:
    network = FakeNetwork()
    await carried_out(CHECK, ONE, outside=ports(network=network))
    assert sorted(port for _, port in network.asked) == [25, 465, 2525]


async def test_not_every_address_of_a_large_host_is_tried() -> None:
    network = FakeNetwork()
    many = Destinations(tuple(Destination(f"192.0.2.{n}", 587) for n in range(1, 9)))
    await carried_out(CHECK, many, outside=ports(network=network))
    assert len({address for address, _ in network.asked}) == ADDRESSES


async def test_overridden_ports_are_looked_for_where_they_are() -> None:
    network = FakeNetwork()
    options = Options(overrides=(Override("mail.test", 465, "127.0.0.1", 40465),))
    await carried_out(CHECK, ONE, options=options, outside=ports(network=network))
    assert ("127.0.0.1", 40465) in network.asked


async def test_the_ports_of_a_provider_are_tried_at_each_of_its_hosts() -> None:
    provider = msgspec.structs.replace(
        GOOGLE,
        endpoint=(
            ProviderEndpoint("mail.test", 587, Security.STARTTLS),
            ProviderEndpoint("mail.elsewhere.test", 2587, Security.STARTTLS),
            ProviderEndpoint("mail.elsewhere.test", 8465, Security.TLS),
        ),
    )
    network = FakeNetwork()
    await carried_out(CHECK, ONE, provider=provider, outside=ports(network=network))
    assert sorted(port for _, port in network.asked) == [25, 465, 2525, 2587, 8465]
    assert sorted(network.tls_first) == [465, 8465]


async def test_a_host_that_is_not_the_providers_is_not_asked_on_its_ports() -> None:
    provider = msgspec.structs.replace(GOOGLE, endpoint=(ProviderEndpoint("other.test", 2587, Security.STARTTLS),))
    network = FakeNetwork()
    await carried_out(CHECK, ONE, provider=provider, outside=ports(network=network))
    assert 2587 not in {port for _, port in network.asked}
