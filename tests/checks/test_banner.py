from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.banner import CHECK
from smtpwizard.checks.products import Connected
from smtpwizard.model.evidence import Disconnected, ForeignProtocol, PortAnswer, Silence
from smtpwizard.model.ports import Heard
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from tests.checks.fakes import ACCOUNT, FakeNetwork, FakeSession, carried_out, nothing, ports, said

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
