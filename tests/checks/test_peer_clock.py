from __future__ import annotations

from smtpwizard.checks.peer_clock import compared
from smtpwizard.model.account import Account
from smtpwizard.model.check import Context, Options
from smtpwizard.model.smtp import Security
from smtpwizard.runner.run import make_context
from tests.checks.fakes import FakeClock, ports


def context(now: str) -> Context:
    account = Account("mail.test", 587, Security.STARTTLS)
    return make_context(account, None, None, Options(), ports(clock=FakeClock(now)))


def test_two_clocks_are_compared_by_how_far_ours_is_ahead() -> None:
    ahead = compared(context("2026-11-28T19:13:00Z"), "greeting", "2026-11-28T19:12:00Z")
    behind = compared(context("2026-11-28T19:11:00Z"), "http", "2026-11-28T19:12:00Z")
    assert ahead is not None
    assert behind is not None
    assert (ahead.differs_s, behind.differs_s, behind.source) == (60.0, -60.0, "http")


def test_no_other_clock_is_nothing_to_compare_with() -> None:
    assert compared(context("2026-11-28T19:13:00Z"), "greeting", None) is None
