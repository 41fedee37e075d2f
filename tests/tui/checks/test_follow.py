from __future__ import annotations

from collections.abc import AsyncGenerator

from textual.app import App

from smtpwizard.model.event import AnyEvent, Direction, RunFinished, RunStarted, TranscriptLine
from smtpwizard.model.report import TRANSCRIPT_LIMIT, Report
from smtpwizard.model.stage import Status
from smtpwizard.tui.checks.follow import follow
from smtpwizard.wizard.account import account_of
from tests.tui.world import ready

LINES = 20_000


async def flood(closed: list[bool]) -> AsyncGenerator[AnyEvent, None]:
    try:
        yield RunStarted(account_of(ready()), "", ())
        for number in range(LINES):
            yield TranscriptLine(0.0, Direction.RECEIVE, str(number))
        yield RunFinished(0.0, Status.PASS)
    finally:
        closed.append(True)


async def test_a_flood_of_events_is_drawn_seldom_and_folded_whole() -> None:
    app = App[None]()
    shown: list[Report] = []
    closed: list[bool] = []
    async with app.run_test():
        report = await follow(flood(closed), app, shown.append)
    assert report.verdict is Status.PASS
    assert len(report.transcript) + report.transcript_dropped == LINES
    assert len(report.transcript) == TRANSCRIPT_LIMIT
    assert len(shown) < LINES / 100
    assert shown[-1] == report
    assert closed == [True]


async def test_the_screen_gets_its_turn_during_a_flood() -> None:
    app = App[None]()
    turns: list[int] = []
    async with app.run_test():
        app.set_interval(0.001, lambda: turns.append(1))
        await follow(flood([]), app, lambda _: None)
    assert turns
