from __future__ import annotations

from typing import Literal

import pytest

from smtpwizard.checks.every import CHECK
from smtpwizard.checks.products import Attempts, Destination, Destinations
from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, Families
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeNetwork, carried_out, ports

FOUR, SIX = "192.0.2.1", "2001:db8::1"
TWO = Destinations((Destination(SIX, 587), Destination(FOUR, 587)))


def attempt(address: str, outcome: ConnectOutcome = "open") -> Connection:
    family: Literal["IPv4", "IPv6"] = "IPv6" if ":" in address else "IPv4"
    return Connection("mail.test", address, 587, family, outcome, None, 100.0)


async def test_only_what_was_not_tried_yet_is_tried_and_let_go_of() -> None:
    network = FakeNetwork()
    verdict, recorded = await carried_out(CHECK, TWO, Attempts((attempt(SIX),)), outside=ports(network=network))
    assert verdict.status is Status.PASS
    assert network.asked == [(FOUR, 587)]
    assert [type(item) for item in recorded] == [Connection]
    assert all(session.closed for session in network.sessions)


@pytest.mark.parametrize(
    ("tried", "outcome"),
    [
        ((attempt(FOUR), attempt(SIX, "timeout")), "ipv6-dead"),
        ((attempt(SIX), attempt(FOUR, "refused")), "ipv4-dead"),
        ((attempt(FOUR), attempt("192.0.2.2", "timeout"), attempt(SIX)), "some-dead"),
        ((attempt(FOUR), attempt("192.0.2.2", "timeout"), attempt(SIX, "timeout")), "some-dead"),
    ],
)
async def test_a_dead_address_beside_a_living_one_is_a_warning(tried: tuple[Connection, ...], outcome: str) -> None:
    verdict, recorded = await carried_out(CHECK, TWO, Attempts(tried))
    assert verdict.status is Status.WARN
    (dead,) = recorded
    assert isinstance(dead, Families)
    assert dead.outcome == outcome
    assert dead.dead == tuple(item.address for item in tried if item.outcome != "open")


async def test_an_address_that_proves_dead_here_counts_too() -> None:
    network = FakeNetwork({SIX: "unreachable"})
    verdict, recorded = await carried_out(CHECK, TWO, Attempts((attempt(FOUR),)), outside=ports(network=network))
    assert verdict.status is Status.WARN
    assert [item.outcome for item in recorded if isinstance(item, Families)] == ["ipv6-dead"]
