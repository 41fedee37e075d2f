from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Context, Options, Record, Verdict
from smtpwizard.model.errors import UsageError
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckSlow,
    CheckStarted,
    Direction,
    EvidenceRecorded,
    RunFinished,
    RunStarted,
    TranscriptLine,
)
from smtpwizard.model.evidence.run import Crash, Deadline
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.runner import run
from smtpwizard.runner.run import QUEUE, make_context, plan, run_checks
from tests.checks.fakes import ports

ACCOUNT = Account("mail.test", 587, Security.STARTTLS, username="alice")
Body = Callable[[Context, Record], Awaitable[Verdict]]


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "GRACE", 0.0)


async def passes(context: Context, record: Record) -> Verdict:
    return Verdict(Status.PASS)


async def fails(context: Context, record: Record) -> Verdict:
    return Verdict(Status.FAIL)


async def warns(context: Context, record: Record) -> Verdict:
    return Verdict(Status.WARN)


async def hangs(context: Context, record: Record) -> Verdict:
    await asyncio.Event().wait()
    return Verdict(Status.PASS)


def check(
    name: str,
    body: Body = passes,
    *,
    stage: Stage = Stage.DNS,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    timeout: float | None = None,
    applies: bool = True,
) -> Check:
    return Check(
        id=f"{stage}.{name}",
        title=name,
        stage=stage,
        run=body,
        needs=needs,
        after=after,
        timeout=timeout,
        applies=lambda account, options: applies,
    )


def context_with(options: Options | None = None) -> Context:
    return make_context(ACCOUNT, Secret("hunter2"), None, options or Options(), ports())


async def events_of(*checks: Check, options: Options | None = None) -> list[AnyEvent]:
    async with asyncio.timeout(10), aclosing(run_checks(checks, context_with(options))) as events:
        return [event async for event in events]


async def report_of(*checks: Check, options: Options | None = None) -> Report:
    return Report().apply_all(await events_of(*checks, options=options))


def outcomes(report: Report) -> dict[str, str | None]:
    return {result.id: result.status for result in report.checks}


async def test_a_run_begins_with_its_plan_and_ends_with_its_verdict() -> None:
    events = await events_of(check("a"), check("b", warns))
    assert isinstance(events[0], RunStarted)
    assert [item.id for item in events[0].plan] == ["dns.a", "dns.b"]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].verdict is Status.WARN
    assert sum(isinstance(event, RunFinished | RunStarted) for event in events) == 2


async def test_every_check_of_the_plan_ends_once() -> None:
    events = await events_of(check("a"), check("b", fails), check("c", needs=("dns.b",)))
    assert [e.id for e in events if isinstance(e, CheckFinished)] == ["dns.a", "dns.b", "dns.c"]
    assert [e.id for e in events if isinstance(e, CheckStarted)] == ["dns.a", "dns.b"]


async def test_times_never_go_back() -> None:
    events = await events_of(check("a"), check("b", needs=("dns.a",)))
    times = [event.at_ms for event in events if not isinstance(event, RunStarted)]
    assert times == sorted(times)


async def test_a_secret_in_a_setting_is_not_shown() -> None:
    account = Account("smtp://bob:other-Password1@mail.test", 587, Security.STARTTLS, username="hunter2")
    context = make_context(account, Secret("hunter2"), None, Options(), ports())
    async with aclosing(run_checks([], context)) as events:
        shown = repr([event async for event in events])
    assert "hunter2" not in shown
    assert "other-Password1" not in shown


async def test_an_empty_run_passes() -> None:
    assert [type(event) for event in await events_of()] == [RunStarted, RunFinished]


async def test_what_can_run_at_once_does() -> None:
    both = asyncio.Barrier(3)

    async def meets(context: Context, record: Record) -> Verdict:
        await both.wait()
        return Verdict(Status.PASS)

    report = await report_of(check("a", meets), check("b", meets), check("c", meets))
    assert report.verdict is Status.PASS


async def test_a_check_waits_for_what_it_needs() -> None:
    done: list[str] = []

    def noting(name: str) -> Body:
        async def body(context: Context, record: Record) -> Verdict:
            await asyncio.sleep(0)
            done.append(name)
            return Verdict(Status.PASS)

        return body

    await report_of(
        check("c", noting("c"), needs=("dns.b",)),
        check("b", noting("b"), after=("dns.a",)),
        check("a", noting("a")),
    )
    assert done == ["a", "b", "c"]


@pytest.mark.parametrize("body", [fails, hangs])
async def test_what_needs_a_failed_check_is_skipped_because_of_it(body: Body) -> None:
    report = await report_of(check("a", body, timeout=0.1), check("b", needs=("dns.a",)), check("c", needs=("dns.b",)))
    assert outcomes(report) == {"dns.a": "fail", "dns.b": "skip", "dns.c": "skip"}
    assert report.check("dns.b").because == "dns.a"
    assert report.check("dns.c").because == "dns.b"


async def test_a_warning_is_no_obstacle() -> None:
    assert outcomes(await report_of(check("a", warns), check("b", needs=("dns.a",))))["dns.b"] == "pass"


async def test_after_only_asks_for_the_end() -> None:
    assert outcomes(await report_of(check("a", fails), check("b", after=("dns.a",))))["dns.b"] == "pass"


async def test_a_need_that_is_no_part_of_the_run_is_no_obstacle() -> None:
    report = await report_of(check("a", applies=False), check("b", needs=("dns.a", "tls.unknown"), after=("x.y",)))
    assert outcomes(report) == {"dns.b": "pass"}


async def test_a_crash_is_an_error_and_the_run_goes_on() -> None:
    async def crashes(context: Context, record: Record) -> Verdict:
        secret = "hunter2-in-a-message"
        raise RuntimeError(secret)

    report = await report_of(check("a", crashes), check("b"), check("c", needs=("dns.a",)))
    assert outcomes(report) == {"dns.a": "error", "dns.b": "pass", "dns.c": "skip"}
    (crash,) = report.check("dns.a").evidence
    assert isinstance(crash, Crash)
    assert crash.error == "RuntimeError"
    assert crash.where.startswith("crashes line ")
    assert "hunter2" not in repr(report)
    assert report.verdict is Status.ERROR


async def test_a_crash_in_a_group_of_tasks_is_named_by_what_crashed() -> None:
    async def crashes() -> None:
        raise KeyError("x")

    async def grouped(context: Context, record: Record) -> Verdict:
        async with asyncio.TaskGroup() as group:
            group.create_task(crashes())
        return Verdict(Status.PASS)

    (crash,) = (await report_of(check("a", grouped))).check("dns.a").evidence
    assert isinstance(crash, Crash)
    assert (crash.error, crash.where.partition(" ")[0]) == ("KeyError", "crashes")


@pytest.mark.timeout(20)
async def test_a_cancellation_that_a_check_lets_out_is_its_fault_and_holds_nobody_up() -> None:
    async def lets_out(context: Context, record: Record) -> Verdict:
        raise asyncio.CancelledError

    report = await report_of(check("a", lets_out), check("b", needs=("dns.a",)))
    assert outcomes(report) == {"dns.a": "error", "dns.b": "skip"}
    assert [type(item) for item in report.check("dns.a").evidence] == [Crash]


async def test_a_time_limit_that_a_check_lets_out_is_its_fault_and_no_deadline() -> None:
    async def lets_out(context: Context, record: Record) -> Verdict:
        raise TimeoutError

    report = await report_of(check("a", lets_out))
    assert outcomes(report) == {"dns.a": "error"}
    assert [type(item) for item in report.check("dns.a").evidence] == [Crash]


async def test_a_check_that_does_not_end_is_stopped_at_its_limit() -> None:
    report = await report_of(check("a", hangs, timeout=0.1), check("b"))
    (deadline,) = report.check("dns.a").evidence
    assert isinstance(deadline, Deadline)
    assert deadline.limit_ms == pytest.approx(100)
    assert outcomes(report) == {"dns.a": "fail", "dns.b": "pass"}


async def test_the_limit_of_the_run_holds_where_a_check_has_none() -> None:
    report = await report_of(check("a", hangs), options=Options(timeout=0.1))
    assert report.check("dns.a").status is Status.FAIL


async def test_a_check_that_takes_long_is_said_to_be_slow_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SLOW_AFTER", 0.01)
    noticed = asyncio.Event()

    async def waits(context: Context, record: Record) -> Verdict:
        await noticed.wait()
        return Verdict(Status.PASS)

    seen: list[AnyEvent] = []
    async with asyncio.timeout(10), aclosing(run_checks([check("a", waits), check("b")], context_with())) as events:
        async for event in events:
            seen.append(event)
            if isinstance(event, CheckSlow):
                noticed.set()
    (slow,) = [event for event in seen if isinstance(event, CheckSlow)]
    assert slow.id == "dns.a"
    assert Report().apply_all(seen).check("dns.a").status is Status.PASS


async def test_evidence_and_transcript_come_as_they_happen() -> None:
    heard = asyncio.Event()

    async def speaks(context: Context, record: Record) -> Verdict:
        record(Deadline(1.0))
        context.say(Direction.SEND, "EHLO me")
        await heard.wait()
        return Verdict(Status.PASS)

    kinds: list[type[AnyEvent]] = []
    async with asyncio.timeout(10), aclosing(run_checks([check("a", speaks)], context_with())) as events:
        async for event in events:
            kinds.append(type(event))
            if isinstance(event, TranscriptLine):
                heard.set()
    assert kinds == [RunStarted, CheckStarted, EvidenceRecorded, TranscriptLine, CheckFinished, RunFinished]


async def test_a_flooded_transcript_loses_lines_and_never_evidence() -> None:
    async def floods(context: Context, record: Record) -> Verdict:
        for number in range(QUEUE * 20):
            context.say(Direction.RECEIVE, str(number))
        for _ in range(5):
            record(Deadline(1.0))
        return Verdict(Status.PASS)

    events = await events_of(check("a", floods))
    assert len(events) < QUEUE + 20
    assert sum(isinstance(event, EvidenceRecorded) for event in events) == 5
    lines = [event.text for event in events if isinstance(event, TranscriptLine)]
    (gap,) = [line for line in lines if not line.isdecimal()]
    assert gap == f"… ({QUEUE * 20 - len(lines) + 1} more lines)"


@dataclass
class Door:
    open: bool = True
    left: bool = False

    async def leave(self) -> None:
        await asyncio.sleep(0)
        self.left = True


async def test_what_a_check_gives_reaches_later_ones_and_is_left_at_the_end() -> None:
    door = Door()

    async def opens(context: Context, record: Record) -> Verdict:
        return Verdict(Status.PASS, (door,))

    async def uses(context: Context, record: Record) -> Verdict:
        assert context.given(Door) is door
        assert context.maybe(Secret) is None
        assert not door.left
        return Verdict(Status.PASS)

    assert (await report_of(check("a", opens), check("b", uses, needs=("dns.a",)))).verdict is Status.PASS
    assert door.left


async def test_a_peer_that_does_not_let_go_does_not_hold_the_run_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LEAVE", 0.05)

    class Sticky:
        async def leave(self) -> None:
            await asyncio.Event().wait()

    async def opens(context: Context, record: Record) -> Verdict:
        return Verdict(Status.PASS, (Sticky(),))

    assert (await report_of(check("a", opens))).verdict is Status.PASS


@pytest.mark.parametrize("how", ["close", "cancel"])
async def test_ending_the_stream_cancels_every_check_and_leaves_the_peer(how: str) -> None:
    door = Door()
    begun: list[str] = []
    ended: list[str] = []
    hanging = asyncio.Event()

    async def opens(context: Context, record: Record) -> Verdict:
        return Verdict(Status.PASS, (door,))

    async def hangs_noting(context: Context, record: Record) -> Verdict:
        begun.append("begun")
        if len(begun) == 2:
            hanging.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")
        return Verdict(Status.PASS)

    async def watch() -> None:
        checks = [check("a", opens), check("b", hangs_noting, needs=("dns.a",)), check("c", hangs_noting)]
        async with aclosing(run_checks(checks, context_with())) as events:
            async for event in events:
                if how == "close" and isinstance(event, CheckStarted) and event.id == "dns.b":
                    await hanging.wait()
                    return

    async with asyncio.timeout(10):
        watching = asyncio.ensure_future(watch())
        await hanging.wait()
        if how == "cancel":
            watching.cancel()
        await asyncio.wait([watching])
    assert watching.cancelled() is (how == "cancel")
    assert ended == ["cancelled", "cancelled"]
    assert door.left
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_only_takes_what_is_named_and_what_it_needs() -> None:
    checks = [check("a"), check("b", needs=("dns.a",)), check("c", stage=Stage.TLS), check("d", stage=Stage.AUTH)]
    assert list(outcomes(await report_of(*checks, options=Options(only=("dns.b",))))) == ["dns.a", "dns.b"]
    assert list(outcomes(await report_of(*checks, options=Options(only=("tls", "dns.a"))))) == ["dns.a", "tls.c"]


async def test_skip_leaves_out_by_id_or_stage() -> None:
    checks = [check("a"), check("b"), check("c", stage=Stage.TLS)]
    report = await report_of(*checks, options=Options(skip=("dns.a", "tls")))
    assert list(outcomes(report)) == ["dns.b"]


async def test_what_cannot_do_without_a_check_that_was_left_out_is_skipped_too() -> None:
    async def uses(context: Context, record: Record) -> Verdict:
        context.given(Door)
        return Verdict(Status.PASS)

    checks = [check("a"), check("b", uses, needs=("dns.a",))]
    report = await report_of(*checks, options=Options(skip=("dns.a",)))
    assert outcomes(report) == {"dns.b": "skip"}
    assert report.check("dns.b").because == "dns.a"


@pytest.mark.parametrize("options", [Options(only=("dns.typo",)), Options(skip=("nonsense",))])
async def test_an_unknown_name_is_refused_before_anything_runs(options: Options) -> None:
    with pytest.raises(UsageError, match=r"Known are: dns\.a"):
        await events_of(check("a"), options=options)


def test_the_plan_is_ordered_by_need_then_stage() -> None:
    checks = [
        check("late", stage=Stage.AUTH),
        check("first", stage=Stage.TLS, needs=("auth.late",)),
        check("early", stage=Stage.DNS),
    ]
    assert [item.id for item in plan(checks, context_with())] == ["dns.early", "auth.late", "tls.first"]


def test_a_circle_of_needs_still_gives_a_plan() -> None:
    checks = [check("a", needs=("dns.b",)), check("b", needs=("dns.a",))]
    assert len(plan(checks, context_with())) == 2


async def test_outside_of_a_run_nothing_is_waited_for() -> None:
    context = context_with()
    await context.ended("dns.a")
    context.say(Direction.SEND, "to nobody")
