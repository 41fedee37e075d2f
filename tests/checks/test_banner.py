from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.banner import CHECK
from smtpwizard.checks.products import Connected, OtherClock
from smtpwizard.model.evidence.connect import PortAnswer
from smtpwizard.model.evidence.dialogue import Disconnected, ForeignProtocol, ProtocolFlaw, Silence
from smtpwizard.model.evidence.machine import PeerClock
from smtpwizard.model.ports import Heard
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from tests.checks.fakes import ACCOUNT, FakeClock, FakeNetwork, FakeSession, carried_out, nothing, ports, said

QUIET = Silence(Stage.GREETING, 100.0, "")


def heard(answer: Heard) -> Connected:
    return Connected(FakeSession({"greeting": answer}))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (said(220, "hello"), Status.PASS),
        (said(554, "no service"), Status.FAIL),
        (said(421, "too busy"), Status.FAIL),
        (nothing(Disconnected(Stage.GREETING, "reset", "ECONNRESET")), Status.FAIL),
        (nothing(ForeignProtocol("http", "HTTP/1.1")), Status.FAIL),
    ],
)
async def test_only_220_is_a_greeting(answer: Heard, status: Status) -> None:
    network = FakeNetwork()
    verdict, recorded = await carried_out(CHECK, heard(answer), outside=ports(network=network))
    assert verdict.status is status
    assert tuple(recorded) == answer.evidence
    assert network.asked == []


async def test_a_greeting_under_stars_is_a_warning() -> None:
    greeting = said(220, "*" * 40 + "02" + "*" * 9)
    verdict, recorded = await carried_out(CHECK, heard(greeting), outside=ports(network=FakeNetwork()))
    assert verdict.status is Status.WARN
    assert [item.flaw for item in recorded if isinstance(item, ProtocolFlaw)] == ["masked-greeting"]


async def test_the_time_that_a_greeting_tells_is_compared_with_ours() -> None:
    greeting = said(220, "mail.test ESMTP Exim 4.98 Thu, 01 Jan 2026 00:01:00 +0000")
    outside = ports(network=FakeNetwork(), clock=FakeClock("2026-01-01T00:00:00Z"))
    verdict, recorded = await carried_out(CHECK, heard(greeting), outside=outside)
    clock = PeerClock("greeting", "2026-01-01T00:01:00Z", "2026-01-01T00:00:00Z", -60.0)
    assert recorded == [clock]
    assert OtherClock(clock) in verdict.gives


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.NONE])
async def test_a_silent_port_is_asked_whether_it_wants_tls(security: Security) -> None:
    network = FakeNetwork(ports={587: "tls"})
    account = msgspec.structs.replace(ACCOUNT, security=security)
    verdict, recorded = await carried_out(CHECK, heard(nothing(QUIET)), account=account, outside=ports(network=network))
    assert verdict.status is Status.FAIL
    assert [item.speaks for item in recorded if isinstance(item, PortAnswer)] == ["tls"]


async def test_half_a_greeting_is_no_silence() -> None:
    partial = Silence(Stage.GREETING, 100.0, "22")
    verdict, recorded = await carried_out(CHECK, heard(nothing(partial)), outside=ports(network=FakeNetwork()))
    assert (verdict.status, recorded) == (Status.FAIL, [partial])


async def test_a_port_that_has_tls_on_is_not_asked_for_it() -> None:
    network = FakeNetwork()
    account = msgspec.structs.replace(ACCOUNT, security=Security.TLS)
    await carried_out(CHECK, heard(nothing(QUIET)), account=account, outside=ports(network=network))
    assert network.asked == []
