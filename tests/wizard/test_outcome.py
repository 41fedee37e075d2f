from __future__ import annotations

from pathlib import Path

from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.wizard.outcome import Outcome, outcome
from smtpwizard.wizard.state import Progress


def test_nothing_done_is_nothing_claimed() -> None:
    assert outcome(Progress()) == Outcome()


def test_a_file_is_proven_only_by_a_log_in_that_passed() -> None:
    written = Progress(written=Path(".env"), report=Report(verdict=Status.PASS))
    assert not outcome(written).proven
    failed = Progress(written=Path(".env"), proven=Report(verdict=Status.FAIL))
    assert not outcome(failed).proven
    assert outcome(Progress(written=Path(".env"), proven=Report(verdict=Status.PASS))).proven
