from __future__ import annotations

import asyncio

import pytest

from smtpwizard.checks import open as opening
from smtpwizard.checks.open import CHECK
from smtpwizard.checks.products import Attempts, Connected, Destination, Destinations
from smtpwizard.model.check import Verdict
from smtpwizard.model.evidence.connect import Connection, ConnectOutcome
from smtpwizard.model.ports import Session
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeNetwork, carried_out, ports

TWO = Destinations((Destination("2001:db8::1", 587), Destination("192.0.2.1", 587)))


def session_of(verdict: Verdict) -> Session:
    (connected,) = [product for product in verdict.gives if isinstance(product, Connected)]
    return connected.session


@pytest.fixture(autouse=True)
def short_head_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "HEAD_START", 0.02)


async def test_the_first_address_that_answers_is_taken() -> None:
    network = FakeNetwork()
    verdict, recorded = await carried_out(CHECK, TWO, outside=ports(network=network))
    assert session_of(verdict) is network.sessions[0]
    assert network.asked == [("2001:db8::1", 587)]
    assert [item.outcome for item in recorded if isinstance(item, Connection)] == ["open"]


@pytest.mark.parametrize("outcome", ["refused", "unreachable", "timeout"])
async def test_a_dead_address_does_not_keep_a_living_one_from_being_taken(outcome: ConnectOutcome) -> None:
    network = FakeNetwork({"2001:db8::1": outcome})
    verdict, _ = await carried_out(CHECK, TWO, outside=ports(network=network))
    assert session_of(verdict).address == "192.0.2.1"
    assert not network.sessions[0].closed


@pytest.mark.parametrize("outcome", ["refused", "timeout"])
async def test_every_address_is_tried_before_it_fails(outcome: ConnectOutcome) -> None:
    network = FakeNetwork({"2001:db8::1": outcome, "192.0.2.1": outcome})
    verdict, recorded = await carried_out(CHECK, TWO, outside=ports(network=network))
    assert verdict.status is Status.FAIL
    assert verdict.gives == (Attempts(tuple(item for item in recorded if isinstance(item, Connection))),)
    assert {(item.address, item.outcome) for item in recorded if isinstance(item, Connection)} == {
        ("2001:db8::1", outcome),
        ("192.0.2.1", outcome),
    }


async def test_the_attempts_at_many_dead_addresses_end_together() -> None:
    many = Destinations(tuple(Destination(f"192.0.2.{n}", 587) for n in range(1, 9)))
    network = FakeNetwork({item.address: "timeout" for item in many.found})
    _, recorded = await carried_out(CHECK, many, outside=ports(network=network))
    assert len(recorded) == 8
    assert network.limits == sorted(network.limits, reverse=True)
    assert network.limits[-1] <= network.limits[0] - 7 * opening.HEAD_START


async def test_a_session_that_came_about_as_the_run_was_given_up_is_closed() -> None:
    network = FakeNetwork({"2001:db8::1": "timeout"})
    running = asyncio.ensure_future(carried_out(CHECK, TWO, outside=ports(network=network)))
    await network.opened.wait()
    # It is handed on only once the other attempt has been given up too.
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [session.closed for session in network.sessions] == [True]
