from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.authorities import CHECK
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.machine import AuthorityStore, AuthorityStores, Surrounding
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeMachine, carried_out, ports

NONE = ports(machine=FakeMachine(store=Surrounding("no-ca-store", ())))
ELSEWHERE = ports(machine=FakeMachine(store=Surrounding("ca-store-set", ("SSL_CERT_FILE",))))


async def test_a_machine_without_authorities_is_warned_of() -> None:
    verdict, recorded = await carried_out(CHECK, outside=NONE)
    assert verdict.status is Status.WARN
    assert [item.fact for item in recorded] == ["environment:no-ca-store"]


@pytest.mark.parametrize("options", [Options(ca_file="/ca.pem"), Options(pin="00" * 32)])
async def test_with_trust_given_for_the_run_the_machine_needs_none(options: Options) -> None:
    verdict, recorded = await carried_out(CHECK, outside=NONE, options=options)
    assert verdict.status is Status.PASS
    assert recorded


async def test_authorities_from_elsewhere_are_told_and_fine() -> None:
    verdict, recorded = await carried_out(CHECK, outside=ELSEWHERE)
    assert verdict.status is Status.PASS
    assert [item.fact for item in recorded] == ["environment:ca-store-set"]


async def test_what_collections_there_are_is_told() -> None:
    collections = (AuthorityStore("openssl", "/a", 1), AuthorityStore("certifi", "/b", 140))
    _, recorded = await carried_out(CHECK, outside=ports(machine=FakeMachine(collections=collections)))
    assert recorded == [AuthorityStores(collections)]


async def test_the_usual_store_is_not_remarked_on() -> None:
    verdict, recorded = await carried_out(CHECK)
    assert (verdict.status, recorded) == (Status.PASS, [])


def test_without_tls_no_authorities_are_needed() -> None:
    assert not CHECK.applies(msgspec.structs.replace(ACCOUNT, security=Security.NONE), Options())
