from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.control import CHECK, web_host
from smtpwizard.checks.products import Connected, OtherClock, Presented
from smtpwizard.model.check import Options, Override
from smtpwizard.model.evidence.connect import Control, Ports, ThirdParty
from smtpwizard.model.evidence.machine import PeerClock
from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.provider import HttpsApi
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeClock, FakeNetwork, FakeResolver, FakeSession, carried_out, ports, shaken
from tests.checks.test_lint import GOOGLE

ALLOWED = Options(timeout=0.3, allow_third_parties=True)
DROPPED = Ports("all-dropped", ())
WITH_API = msgspec.structs.replace(
    GOOGLE, api=HttpsApi("https://api.mail.test/v1/send"), docs="https://help.mail.test/"
)


def expired() -> Presented:
    certificate = shaken("expired").certificate
    assert isinstance(certificate, Certificate)
    return Presented(certificate)


@pytest.mark.parametrize(
    ("options", "applies"),
    [
        (Options(), False),
        (ALLOWED, True),
        (Options(allow_third_parties=True, offline=True), False),
    ],
)
def test_it_is_made_only_where_other_parties_may_be_contacted(options: Options, applies: bool) -> None:
    assert CHECK.applies(ACCOUNT, options) is applies


async def test_where_no_mail_port_answers_the_providers_web_host_is_named_and_then_asked() -> None:
    network = FakeNetwork()
    outside = ports(FakeResolver(known=("192.0.2.80",)), network)
    verdict, recorded = await carried_out(CHECK, DROPPED, provider=WITH_API, options=ALLOWED, outside=outside)
    assert recorded == [
        ThirdParty("api.mail.test", 443, "ports"),
        Control("api.mail.test", "192.0.2.80", 443, "ports", "answers"),
    ]
    assert verdict.status is Status.PASS
    assert network.asked == [("192.0.2.80", 443)]


async def test_a_web_host_that_does_not_answer_either_is_said_to_be_dead() -> None:
    network = FakeNetwork(addresses={"192.0.2.80": "unreachable", "192.0.2.81": "timeout"})
    outside = ports(FakeResolver(known=("192.0.2.80", "192.0.2.81", "192.0.2.82")), network)
    verdict, recorded = await carried_out(CHECK, DROPPED, provider=WITH_API, options=ALLOWED, outside=outside)
    assert recorded[-1] == Control("api.mail.test", None, 443, "ports", "dead", "timeout")
    assert recorded[-1].fact == "control:dead"
    assert verdict.status is Status.WARN
    assert len(network.asked) == 2


async def test_without_a_provider_the_mail_servers_own_host_is_asked_at_the_address_that_was_given() -> None:
    network = FakeNetwork()
    options = Options(timeout=0.3, allow_third_parties=True, overrides=(Override("mail.test", 443, "192.0.2.7", 8443),))
    _, recorded = await carried_out(CHECK, DROPPED, options=options, outside=ports(network=network))
    assert recorded[0] == ThirdParty("mail.test", 443, "ports")
    assert network.asked == [("192.0.2.7", 8443)]


async def test_where_dates_of_a_certificate_fail_the_web_server_is_asked_for_the_time() -> None:
    network = FakeNetwork(date="2026-06-01T00:00:00Z")
    outside = ports(FakeResolver(known=("192.0.2.80",)), network, clock=FakeClock("2026-01-01T00:00:00Z"))
    verdict, recorded = await carried_out(CHECK, expired(), provider=WITH_API, options=ALLOWED, outside=outside)
    clock = PeerClock("http", "2026-06-01T00:00:00Z", "2026-01-01T00:00:00Z", -151 * 86400.0)
    assert recorded[-1] == clock
    assert recorded[-2].fact is None
    assert verdict.gives == (OtherClock(clock),)


@pytest.mark.parametrize(
    "products",
    [
        (),
        (Ports("usable", ()),),
        (Ports("another-open", (2525,)),),
        (Ports("all-refused", ()),),
        (DROPPED, Connected(FakeSession())),
        (expired(), OtherClock(PeerClock("greeting", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 0.0))),
        (Presented(certificate) if (certificate := shaken("trusted").certificate) else (),),
    ],
)
async def test_where_nothing_is_left_to_decide_nobody_is_contacted(products: tuple[object, ...]) -> None:
    network = FakeNetwork()
    verdict, recorded = await carried_out(CHECK, *products, options=ALLOWED, outside=ports(network=network))
    assert (verdict.status, recorded, network.asked) == (Status.SKIP, [], [])


def test_the_web_host_is_that_of_the_interface_for_programs_else_of_the_help_pages() -> None:
    assert web_host(WITH_API) == "api.mail.test"
    assert web_host(msgspec.structs.replace(WITH_API, api=HttpsApi("https://{region}.mail.test/"))) == "help.mail.test"
    assert web_host(msgspec.structs.replace(WITH_API, api=None, docs=None)) is None
    assert web_host(None) is None
