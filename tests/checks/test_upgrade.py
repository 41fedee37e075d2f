from __future__ import annotations

import dataclasses

import pytest

from smtpwizard.checks import implicit, upgrade
from smtpwizard.checks.products import Connected, Presented, Refused
from smtpwizard.model.check import Check, Options
from smtpwizard.model.evidence.tls import CertificateVerdict, StartTls
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeSession, carried_out, shaken

BOTH = pytest.mark.parametrize("check", [upgrade.CHECK, implicit.CHECK], ids=["starttls", "implicit"])


@BOTH
@pytest.mark.parametrize(
    ("verdict", "not_after", "status"),
    [
        ("trusted", "2030-01-01T00:00:00Z", Status.PASS),
        ("trusted", "2026-01-10T00:00:00Z", Status.WARN),
        ("pinned", "2030-01-01T00:00:00Z", Status.PASS),
        ("pinned", "2020-01-01T00:00:00Z", Status.PASS),
        ("expired", "2025-01-01T00:00:00Z", Status.FAIL),
        ("self-signed", "2030-01-01T00:00:00Z", Status.FAIL),
        ("hostname-mismatch", "2030-01-01T00:00:00Z", Status.FAIL),
        ("pin-mismatch", "2030-01-01T00:00:00Z", Status.FAIL),
    ],
)
async def test_the_certificate_decides(
    check: Check, verdict: CertificateVerdict, not_after: str, status: Status
) -> None:
    result = shaken(verdict, not_after)
    found, recorded = await carried_out(check, Connected(FakeSession(shaken=result)))
    assert found.status is status
    assert recorded == [result.handshake, result.certificate]


@BOTH
async def test_without_a_handshake_there_is_no_certificate(check: Check) -> None:
    result = shaken(None)
    found, recorded = await carried_out(check, Connected(FakeSession(shaken=result)))
    assert (found.status, recorded) == (Status.FAIL, [result.handshake])
    assert found.gives == (Refused("wrong-version-number", "192.0.2.1", 587),)


async def test_injected_bytes_are_told_in_place_of_the_handshake_that_did_not_begin() -> None:
    injected = StartTls("injected", "250 hello")
    result = dataclasses.replace(shaken(None), injected=injected)
    found, recorded = await carried_out(upgrade.CHECK, Connected(FakeSession(shaken=result)))
    assert (found.status, recorded) == (Status.FAIL, [injected])


@BOTH
@pytest.mark.parametrize("verdict", ["trusted", "expired"])
async def test_later_checks_get_the_certificate_trusted_or_not(check: Check, verdict: CertificateVerdict) -> None:
    result = shaken(verdict)
    found, _ = await carried_out(check, Connected(FakeSession(shaken=result)))
    assert result.certificate is not None
    assert found.gives == (Presented(result.certificate),)


@BOTH
async def test_trust_is_asked_for_as_the_options_have_it(check: Check) -> None:
    session = FakeSession()
    await carried_out(check, Connected(session), options=Options(ca_file="ca.pem", pin="00"))
    assert session.policy == TlsPolicy("mail.test", "ca.pem", "00")
