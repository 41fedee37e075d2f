from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.account import Account
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckSlow,
    CheckStarted,
    Direction,
    EvidenceRecorded,
    PlannedCheck,
    RunFinished,
    RunStarted,
    TranscriptLine,
)
from smtpwizard.model.evidence.dialogue import ProtocolFlaw
from smtpwizard.model.evidence.run import Deadline
from smtpwizard.model.report import TRANSCRIPT_LIMIT, Report
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

ACCOUNT = Account("mail.test", 587, Security.STARTTLS, username="alice", sender="a@mail.test")
PLAN = (
    PlannedCheck("dns.address", Stage.DNS, "host name has addresses"),
    PlannedCheck("connect.open", Stage.CONNECT, "port can be connected to"),
)
STARTED = RunStarted(ACCOUNT, "2026-01-01T00:00:00Z", PLAN)


def test_a_started_run_has_its_plan_and_no_verdict() -> None:
    report = Report().apply(STARTED)
    assert [result.id for result in report.checks] == ["dns.address", "connect.open"]
    assert report.account == ACCOUNT
    assert report.verdict is None
    assert not any(result.running for result in report.checks)


def test_events_fold_into_a_report() -> None:
    fact = Deadline(1000)
    report = Report().apply_all(
        [
            STARTED,
            CheckStarted("dns.address", 1.0),
            EvidenceRecorded("dns.address", 2.0, fact),
            CheckSlow("dns.address", 3000.0, 11000.0),
            TranscriptLine(4.0, Direction.SEND, "EHLO x"),
            CheckFinished("dns.address", 3500.0, Status.FAIL, 3499.0),
            CheckFinished("connect.open", 3501.0, Status.SKIP, 0.0, "dns.address"),
            RunFinished(3502.0, Status.FAIL),
        ]
    )
    first, second = report.checks
    assert (first.status, first.start_ms, first.duration_ms, first.slow) == (Status.FAIL, 1.0, 3499.0, True)
    assert (second.status, second.start_ms, second.because) == (Status.SKIP, 3501.0, "dns.address")
    assert list(report.evidence()) == [(first, fact)]
    assert [line.text for line in report.transcript] == ["EHLO x"]
    assert (report.verdict, report.duration_ms) == (Status.FAIL, 3502.0)


def test_a_check_runs_from_its_start_to_its_end() -> None:
    begun = Report().apply_all([STARTED, CheckStarted("dns.address", 0.0)])
    assert begun.check("dns.address").running
    ended = begun.apply(CheckFinished("dns.address", 1.0, Status.PASS, 1.0))
    assert not ended.check("dns.address").running


def test_a_new_run_leaves_nothing_of_the_last() -> None:
    report = Report().apply_all([STARTED, CheckStarted("dns.address", 1.0), RunFinished(2.0, Status.PASS), STARTED])
    assert report == Report().apply(STARTED)


def test_a_check_outside_of_the_plan_is_no_result() -> None:
    with pytest.raises(KeyError):
        Report().apply(STARTED).check("auth.login")


def test_a_flooded_transcript_keeps_its_beginning_and_counts_the_rest() -> None:
    report = Report().apply_all(TranscriptLine(1.0, Direction.RECEIVE, str(n)) for n in range(TRANSCRIPT_LIMIT + 5))
    assert len(report.transcript) == TRANSCRIPT_LIMIT
    assert report.transcript[0].text == "0"
    assert report.transcript_dropped == 5


ids = st.sampled_from([plan.id for plan in PLAN])
times = st.floats(0, 1e6, allow_nan=False)
events: st.SearchStrategy[AnyEvent] = st.one_of(
    st.builds(CheckStarted, ids, times),
    st.builds(EvidenceRecorded, ids, times, st.builds(Deadline, times)),
    st.builds(EvidenceRecorded, ids, times, st.builds(ProtocolFlaw, st.sampled_from(Stage), st.text(), st.text())),
    st.builds(TranscriptLine, times, st.sampled_from(Direction), st.text()),
    st.builds(CheckSlow, ids, times, times),
    st.builds(CheckFinished, ids, times, st.sampled_from(Status), times, st.none() | ids),
    st.builds(RunFinished, times, st.sampled_from(Status)),
)


@given(st.lists(events, max_size=12))
def test_a_report_that_was_read_back_from_json_is_the_same(some: list[AnyEvent]) -> None:
    report = Report().apply_all([STARTED, *some])
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


@given(st.lists(events, max_size=12), st.integers(0, 12))
def test_it_makes_no_difference_where_a_stream_is_split(some: list[AnyEvent], at: int) -> None:
    begun = Report().apply(STARTED)
    assert begun.apply_all(some[:at]).apply_all(some[at:]) == begun.apply_all(some)
