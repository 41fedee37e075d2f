from __future__ import annotations

from smtpwizard.model.event import Direction, RunStarted, TranscriptLine
from smtpwizard.model.report import TRANSCRIPT_LIMIT, Report
from smtpwizard.tui.checks.transcript import Transcript
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Step
from tests.tui.reports import PASSED
from tests.tui.world import HOSTILE, ready, text_of, until, wizard


def with_lines(*texts: str) -> Report:
    lines = (TranscriptLine(0.0, Direction.RECEIVE, text) for text in texts)
    return Report().apply_all((RunStarted(account_of(ready()), "", ()), *lines))


async def test_the_end_stays_in_sight_while_lines_come() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.query_one(Transcript).report = with_lines(*(f"line {number}" for number in range(500)))
        await until(pilot, lambda: "line 499" in text_of(app))


async def test_lines_beyond_what_is_kept_are_counted() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.query_one(Transcript).report = with_lines(*["x"] * (TRANSCRIPT_LIMIT + 7))
        await until(pilot, lambda: "7 more lines" in text_of(app))


async def test_a_line_is_neither_markup_nor_control() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.query_one(Transcript).report = with_lines(HOSTILE)
        await until(pilot, lambda: "[/b] [red] \\x1b" in text_of(app))
        assert "\x1b" not in text_of(app)


async def test_a_shorter_transcript_replaces_a_longer_one() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.query_one(Transcript).report = with_lines(*(f"line {number}" for number in range(100)))
        app.screen.query_one(Transcript).report = with_lines("only this")
        await until(pilot, lambda: "only this" in text_of(app) and "line 99" not in text_of(app))
