from __future__ import annotations

import datetime

import msgspec
import pytest

from smtpwizard import __released__
from smtpwizard.checks.clock import CHECK
from smtpwizard.checks.products import Connected, OtherClock, Presented
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.machine import PeerClock
from smtpwizard.model.evidence.tls import Certificate, CertificateVerdict
from smtpwizard.model.provider import Provider, ProviderEndpoint
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeClock, FakeSession, carried_out, ports, said, shaken
from tests.checks.test_lint import GOOGLE

OF_PROVIDER = msgspec.structs.replace(GOOGLE, endpoint=(ProviderEndpoint("mail.test", 587, Security.STARTTLS),))
YEAR = "2030-06-01T00:00:00Z"
OWN = Options(ca_file="/ca.pem")


def presented(verdict: CertificateVerdict, begins: str = "2020-01-01", ends: str = "2029-01-01") -> Presented:
    certificate = shaken(verdict, f"{ends}T00:00:00Z").certificate
    assert isinstance(certificate, Certificate)
    return Presented(msgspec.structs.replace(certificate, not_before=f"{begins}T00:00:00Z"))


def clock(theirs: str, ours: str = YEAR) -> OtherClock:
    ahead = datetime.datetime.fromisoformat(ours) - datetime.datetime.fromisoformat(theirs)
    return OtherClock(PeerClock("greeting", theirs, ours, ahead.total_seconds()))


async def facts(
    product: Presented,
    *others: object,
    now: str = YEAR,
    provider: Provider | None = None,
    options: Options | None = None,
) -> list[str | None]:
    outside = ports(clock=FakeClock(now))
    verdict, recorded = await carried_out(CHECK, product, *others, provider=provider, options=options, outside=outside)
    assert verdict.status is (Status.WARN if recorded else Status.PASS)
    return [item.fact for item in recorded]


@pytest.mark.parametrize("options", [None, OWN])
@pytest.mark.parametrize("verdict", ["expired", "not-yet-valid"])
async def test_a_clock_before_the_release_of_this_program_is_behind(
    verdict: CertificateVerdict, options: Options | None
) -> None:
    assert __released__ > "1999-12-31T00:00:00Z"
    assert await facts(presented(verdict), now="1999-12-31T00:00:00Z", options=options) == ["clock:behind"]


async def test_a_public_certificate_that_begins_next_year_shows_a_clock_that_is_behind() -> None:
    assert await facts(presented("not-yet-valid", "2031-01-01", "2031-04-01")) == ["clock:behind"]


async def test_a_certificate_of_an_own_authority_may_begin_next_year() -> None:
    assert await facts(presented("not-yet-valid", "2031-01-01", "2031-04-01"), options=OWN) == []


async def test_a_certificate_that_begins_in_an_hour_is_no_proof() -> None:
    soon = presented("not-yet-valid", "2030-06-01", "2031-04-01")
    assert await facts(soon, now="2030-05-31T23:00:00Z") == []


async def test_an_expired_certificate_of_a_big_provider_shows_a_clock_that_is_ahead() -> None:
    assert await facts(presented("expired"), provider=OF_PROVIDER) == ["clock:ahead"]


async def test_an_expired_certificate_of_any_other_server_is_the_servers_fault() -> None:
    assert await facts(presented("expired")) == []
    assert await facts(presented("expired"), provider=GOOGLE) == []


@pytest.mark.parametrize("options", [None, OWN])
@pytest.mark.parametrize(
    ("verdict", "begins", "ends", "theirs", "fact"),
    [
        ("expired", "2020-01-01", "2029-01-01", "2028-06-01T00:00:00Z", "clock:ahead"),
        ("not-yet-valid", "2031-01-01", "2032-01-01", "2031-06-01T00:00:00Z", "clock:behind"),
        ("expired", "2020-01-01", "2030-05-31", "2030-05-30T23:00:00Z", "clock:ahead"),
    ],
)
async def test_a_server_whose_clock_and_certificate_agree_shows_that_ours_is_wrong(
    verdict: CertificateVerdict, begins: str, ends: str, theirs: str, fact: str, options: Options | None
) -> None:
    assert await facts(presented(verdict, begins, ends), clock(theirs), options=options) == [fact]


async def test_a_server_by_whose_own_clock_the_certificate_has_expired_is_at_fault() -> None:
    assert await facts(presented("expired"), clock("2030-05-31T23:59:00Z"), provider=OF_PROVIDER) == []


async def test_clocks_that_are_a_minute_apart_agree() -> None:
    ended = presented("expired", ends="2030-06-01")
    assert await facts(ended, clock("2030-05-31T23:59:30Z")) == []


async def test_another_clock_that_makes_the_certificate_no_better_proves_nothing() -> None:
    assert await facts(presented("expired"), clock("2033-01-01T00:00:00Z")) == []


async def test_over_implicit_tls_the_greeting_of_an_untrusted_server_is_listened_to_and_nothing_is_said() -> None:
    session = FakeSession({"greeting": said(220, "mail.test Exim Thu, 01 Jun 2028 00:00:00 +0000")})
    account = msgspec.structs.replace(ACCOUNT, security=Security.TLS)
    outside = ports(clock=FakeClock(YEAR))
    _, recorded = await carried_out(CHECK, presented("expired"), Connected(session), account=account, outside=outside)
    assert [item.fact for item in recorded] == [None, "clock:ahead"]
    assert session.asked == []


async def test_dates_of_an_intermediate_certificate_say_nothing_of_the_clock() -> None:
    product = presented("not-yet-valid", "2031-01-01", "2031-04-01")
    of_chain = Presented(msgspec.structs.replace(product.certificate, faulty="CN=Intermediate"))
    assert await facts(of_chain) == []


async def test_a_clock_before_the_release_is_behind_whichever_certificate_shows_it() -> None:
    product = presented("not-yet-valid")
    of_chain = Presented(msgspec.structs.replace(product.certificate, faulty="CN=Intermediate"))
    assert await facts(of_chain, now="1999-12-31T00:00:00Z") == ["clock:behind"]


@pytest.mark.parametrize("verdict", ["trusted", "self-signed", "hostname-mismatch"])
async def test_dates_that_hold_prove_nothing(verdict: CertificateVerdict) -> None:
    assert await facts(presented(verdict), now="1999-12-31T00:00:00Z") == []


async def test_without_a_certificate_nothing_is_said() -> None:
    verdict, recorded = await carried_out(CHECK)
    assert (verdict.status, recorded) == (Status.SKIP, [])


def test_without_tls_there_is_nothing_to_compare_with() -> None:
    assert not CHECK.applies(msgspec.structs.replace(ACCOUNT, security=Security.NONE), Options())
