from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from smtpwizard.checks.localhost import CHECK
from smtpwizard.checks.products import Attempts, Connected, Enclosed
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.machine import Surrounding
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeSession, carried_out

LOCAL = msgspec.structs.replace(ACCOUNT, host="localhost", port=1025)
REFUSED = Attempts((Connection("localhost", "127.0.0.1", 1025, "IPv4", "refused", "ECONNREFUSED", 0.1),))


def inside(aspect: Literal["container", "wsl", "virtual-machine", "cloud"]) -> Enclosed:
    return Enclosed(Surrounding(aspect, ("it",)))


@pytest.mark.parametrize("aspect", ["container", "wsl"])
async def test_nothing_on_localhost_inside_a_container_is_warned_of(aspect: Literal["container", "wsl"]) -> None:
    verdict, recorded = await carried_out(CHECK, REFUSED, inside(aspect), account=LOCAL)
    assert verdict.status is Status.WARN
    assert [item.fact for item in recorded] == ["environment:localhost-in-container"]


@pytest.mark.parametrize("aspect", ["virtual-machine", "cloud"])
async def test_on_a_machine_of_its_own_localhost_is_what_is_meant(
    aspect: Literal["virtual-machine", "cloud"],
) -> None:
    verdict, recorded = await carried_out(CHECK, REFUSED, inside(aspect), account=LOCAL)
    assert (verdict.status, recorded) == (Status.PASS, [])


async def test_a_server_that_is_there_settles_it() -> None:
    session = Connected(FakeSession())
    verdict, recorded = await carried_out(CHECK, REFUSED, session, inside("container"), account=LOCAL)
    assert (verdict.status, recorded) == (Status.PASS, [])


async def test_where_nothing_was_dialled_nothing_is_said() -> None:
    verdict, recorded = await carried_out(CHECK, inside("container"), account=LOCAL)
    assert (verdict.status, recorded) == (Status.SKIP, [])


@pytest.mark.parametrize(("host", "applies"), [("localhost", True), ("127.0.0.1", True), ("mail.test", False)])
def test_only_this_machine_is_looked_at(host: str, applies: bool) -> None:
    assert CHECK.applies(msgspec.structs.replace(ACCOUNT, host=host), Options()) is applies
