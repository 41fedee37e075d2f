from __future__ import annotations

from smtpwizard.checks.machine import CHECK
from smtpwizard.checks.products import Enclosed
from smtpwizard.model.evidence.machine import Surrounding
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeMachine, carried_out, ports

DOCKER = Surrounding("container", ("Docker",))
PROXY = Surrounding("proxy", ("https_proxy",))
VPN = Surrounding("vpn", ("wg0",))
PUBLIC = Surrounding("public-resolver", ("8.8.8.8",))


async def test_an_ordinary_machine_is_not_remarked_on() -> None:
    verdict, recorded = await carried_out(CHECK)
    assert (verdict.status, verdict.gives, recorded) == (Status.PASS, (), [])


async def test_what_is_special_about_it_is_recorded_and_fails_nothing() -> None:
    outside = ports(machine=FakeMachine(inside=DOCKER, proxy=PROXY, tunnel=VPN, resolver=PUBLIC))
    verdict, recorded = await carried_out(CHECK, outside=outside)
    assert verdict.status is Status.PASS
    assert recorded == [DOCKER, PROXY, VPN, PUBLIC]


async def test_later_checks_hear_of_the_container() -> None:
    verdict, _ = await carried_out(CHECK, outside=ports(machine=FakeMachine(inside=DOCKER)))
    assert verdict.gives == (Enclosed(DOCKER),)
