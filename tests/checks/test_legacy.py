from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from smtpwizard.checks.legacy import CHECK
from smtpwizard.checks.products import Refused
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.tls import Handshake, OldTls
from smtpwizard.model.ports import Heard, Shaken, TlsPolicy
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeNetwork, FakeSession, carried_out, nothing, ports, said, shaken

ALERT = Refused("tlsv1-alert-protocol-version", "192.0.2.1", 587)
OLD = Shaken(Handshake("done", "TLSv1.1", "ECDHE-RSA-AES256-SHA", None, None, 1.0), None, False)


def network(result: Shaken = OLD, answers: Mapping[str, Heard] | None = None) -> FakeNetwork:
    return FakeNetwork(peer=FakeSession(answers or {}, shaken=result))


@pytest.mark.parametrize(
    "reason",
    ["tlsv1-alert-protocol-version", "sslv3-alert-handshake-failure", "unsupported-protocol"],
)
async def test_a_server_that_knows_old_versions_only_is_named(reason: str) -> None:
    there = network()
    verdict, recorded = await carried_out(CHECK, refused(reason), outside=ports(network=there))
    assert verdict.status is Status.FAIL
    assert recorded == [OldTls("TLSv1.1", "ECDHE-RSA-AES256-SHA")]
    assert recorded[0].fact == "tls:too-old"
    assert there.asked == [("192.0.2.1", 587)]


def refused(reason: str | None) -> Refused:
    return Refused(reason, "192.0.2.1", 587)


async def test_nothing_is_said_after_the_second_handshake() -> None:
    there = network()
    await carried_out(CHECK, ALERT, outside=ports(network=there))
    assert there.peer is not None
    assert there.peer.asked == ["EHLO [192.0.2.9]", "STARTTLS", "handshake"]
    assert there.peer.policy == TlsPolicy("mail.test", legacy=True)
    assert there.peer.closed


async def test_with_implicit_tls_the_handshake_comes_first() -> None:
    there = network()
    account = msgspec.structs.replace(ACCOUNT, security=Security.TLS)
    await carried_out(CHECK, ALERT, account=account, outside=ports(network=there))
    assert there.peer is not None
    assert there.peer.asked == ["handshake"]


@pytest.mark.parametrize("reason", [None, "wrong-version-number", "connection-reset", "no-shared-cipher"])
async def test_failures_of_another_kind_are_not_tried_again(reason: str | None) -> None:
    there = network()
    verdict, recorded = await carried_out(CHECK, refused(reason), outside=ports(network=there))
    assert (verdict.status, recorded, there.asked) == (Status.SKIP, [], [])


async def test_a_handshake_that_came_about_leaves_nothing_to_try() -> None:
    there = network()
    assert (await carried_out(CHECK, outside=ports(network=there)))[0].status is Status.SKIP
    assert there.asked == []


async def test_a_server_that_refuses_old_versions_too_is_not_an_old_one() -> None:
    there = network(shaken(None))
    verdict, recorded = await carried_out(CHECK, ALERT, outside=ports(network=there))
    assert (verdict.status, recorded) == (Status.PASS, [])


@pytest.mark.parametrize("step", ["greeting", "ehlo", "starttls"])
@pytest.mark.parametrize("heard", [said(421, "busy"), nothing()])
async def test_a_server_that_does_not_come_to_the_handshake_again_is_let_be(step: str, heard: Heard) -> None:
    there = network(answers={step: heard})
    verdict, recorded = await carried_out(CHECK, ALERT, outside=ports(network=there))
    assert (verdict.status, recorded) == (Status.SKIP, [])
    assert there.peer is not None
    assert there.peer.closed


def test_without_tls_there_are_no_versions() -> None:
    assert not CHECK.applies(msgspec.structs.replace(ACCOUNT, security=Security.NONE), Options())
