from __future__ import annotations

import importlib
import pkgutil
import re

import pytest

from smtpwizard import checks
from smtpwizard.checks.catalog import all_checks
from smtpwizard.model.check import Check, Options
from smtpwizard.model.smtp import Security
from smtpwizard.runner.run import make_context, plan
from tests.checks.fakes import ACCOUNT, ports

ALL = all_checks()
IDS = {check.id for check in ALL}
every_check = pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)


def test_the_catalogue_is_the_folder() -> None:
    modules = [
        importlib.import_module(f"{checks.__name__}.{found.name}") for found in pkgutil.iter_modules(checks.__path__)
    ]
    assert {check.id for check in ALL} == {module.CHECK.id for module in modules if hasattr(module, "CHECK")}
    assert len(ALL) == len(IDS)


def test_checks_come_in_the_order_of_their_stages() -> None:
    orders = [check.stage.order for check in ALL]
    assert orders == sorted(orders)


@every_check
def test_an_id_is_the_stage_and_a_name(check: Check) -> None:
    assert re.fullmatch(rf"{check.stage}\.[a-z][a-z-]*", check.id)


@every_check
def test_a_title_is_the_fact_that_is_hoped_for(check: Check) -> None:
    assert check.title
    assert check.title[0].islower()
    assert not check.title.endswith(".")


@every_check
def test_only_known_checks_are_needed(check: Check) -> None:
    assert set(check.needs) | set(check.after) <= IDS
    assert check.id not in check.needs


def test_no_needs_lead_in_a_circle() -> None:
    before = {check.id: {*check.needs, *check.after} for check in ALL}
    while free := [check_id for check_id, waits in before.items() if not waits]:
        for check_id in free:
            del before[check_id]
        for waits in before.values():
            waits.difference_update(free)
    assert before == {}


@pytest.mark.parametrize("security", list(Security))
def test_with_every_security_the_plan_leads_to_a_log_in_and_an_envelope(security: Security) -> None:
    account = ACCOUNT.at(ACCOUNT.endpoint.__class__("mail.test", 587, security))
    planned = [check.id for check in plan(ALL, make_context(account, None, None, Options(), ports()))]
    wanted = ["settings.lint", "dns.address", "connect.open", "greeting.banner", "ehlo.extensions", "auth.login"]
    if security is Security.STARTTLS:
        wanted[-1:] = ["starttls.command", "tls.upgrade", "ehlo.encrypted", "auth.login"]
    elif security is Security.TLS:
        wanted[3:3] = ["tls.implicit"]
    wanted += ["mail.sender", "rcpt.recipient"]
    assert [check_id for check_id in planned if check_id in wanted] == wanted
    assert ("tls.upgrade" in planned) is (security is Security.STARTTLS)
    assert "data.message" not in planned


def test_a_message_is_part_of_the_plan_only_on_request() -> None:
    planned = plan(ALL, make_context(ACCOUNT, None, None, Options(send=True), ports()))
    assert "data.message" in [check.id for check in planned]
