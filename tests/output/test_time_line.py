from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.report_document import CheckDocument
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output import time_line as module
from smtpwizard.output.style import width
from smtpwizard.output.time_line import time_line


def ran(check_id: str, begins: float, lasts: float, status: Status = Status.PASS) -> CheckDocument:
    return CheckDocument(check_id, Stage(check_id.partition(".")[0]), status, "", "", begins, lasts, ())


def test_bars_stand_where_and_as_long_as_the_checks_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "width", lambda: 48)
    checks = [ran("tls.upgrade", 500, 500), ran("dns.address", 0, 500)]
    assert time_line(checks, 1000) == [
        "  dns.address  ━━━━━━━━━━                 500 ms",
        "  tls.upgrade            ━━━━━━━━━━       500 ms",
    ]


def test_what_did_not_run_or_took_no_time_has_no_bar() -> None:
    skipped = ran("auth.login", 0, 50, Status.SKIP)
    assert time_line([skipped, ran("settings.lint", 0, 0.2)], 100) == []
    assert time_line([ran("dns.address", 0, 5)], 0) == []


@given(st.floats(0, 1e7), st.floats(1, 1e6), st.floats(0.001, 1e7))
def test_a_bar_never_leaves_the_screen(begins: float, lasts: float, total: float) -> None:
    (line,) = time_line([ran("dns.address", begins, lasts)], total)
    assert len(line) <= width()
    assert "━" in line
