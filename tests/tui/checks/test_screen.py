from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.event import CheckSlow, CheckStarted, Direction, PlannedCheck, RunStarted
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Stage, Status
from smtpwizard.tui.checks.check_list import CheckRow
from smtpwizard.tui.checks.detail import DetailScreen
from smtpwizard.tui.checks.screen import ChecksScreen
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Step
from tests.tui.reports import PASSED, REFUSED
from tests.tui.world import (
    HOSTILE,
    SIZES,
    ready,
    refused,
    reply,
    scripted,
    shows,
    surroundings,
    text_of,
    until,
    well,
    wizard,
)

Compare = Callable[..., bool]


async def test_the_checks_run_by_themselves_and_enter_goes_on_when_they_pass() -> None:
    app = wizard(ready(step=Step.CHECKS), surroundings(well()))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.progress.report is not None)
        assert "Everything that was tried works" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.PROOF))


async def test_every_check_shows_glyph_word_time_and_fact() -> None:
    app = wizard(ready(step=Step.CHECKS, report=REFUSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "✗ failed" in text_of(app))
        shown = text_of(app)
        assert "✓ passed" in shown
        assert "– skipped" in shown
        assert "<1 ms" in shown
        assert "192.0.2.25 in 31 ms" in shown


async def test_a_failure_leads_to_the_troubleshooter() -> None:
    app = wizard(ready(step=Step.CHECKS), surroundings(refused()))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.progress.report is not None)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.TROUBLE))


async def test_a_report_that_is_there_is_shown_and_not_made_again() -> None:
    runs: list[Context] = []
    app = wizard(ready(step=Step.CHECKS, report=PASSED), surroundings(well(seen=runs.append)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Everything" in text_of(app))
        assert not runs
        await pilot.press("r")
        await until(pilot, lambda: bool(runs) and app.progress.report is not None)


async def test_cancelling_stops_the_checks_and_says_so() -> None:
    ended: list[str] = []
    app = wizard(ready(step=Step.CHECKS), surroundings((endless(ended),)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "running" in text_of(app))
        await pilot.press("c")
        await until(pilot, lambda: ended == ["ended"])
        await until(pilot, lambda: "stopped after 0 of 1" in text_of(app))
        assert app.progress.report is None


async def test_leaving_the_page_ends_its_checks() -> None:
    ended: list[str] = []
    app = wizard(ready(step=Step.CHECKS), surroundings((endless(ended),)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "running" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))
        await until(pilot, lambda: ended == ["ended"])


async def test_leaving_the_wizard_ends_its_checks() -> None:
    ended: list[str] = []
    app = wizard(ready(step=Step.CHECKS), surroundings((endless(ended),)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "running" in text_of(app))
        await pilot.press("ctrl+c", "y")
    assert ended == ["ended"]


async def test_words_of_the_server_are_shown_as_they_are_and_do_nothing() -> None:
    hostile = scripted(
        "greeting.banner",
        "server greets",
        Status.FAIL,
        reply(Stage.GREETING, None, 554, None, HOSTILE),
        said=((Direction.RECEIVE, f"554 {HOSTILE}"),),
    )
    app = wizard(ready(step=Step.CHECKS), surroundings((hostile,)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.progress.report is not None)
        shown = text_of(app)
        assert "[/b] [red]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        await pilot.press("space")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        assert "[/b] [red]" in text_of(app)
        assert "\x1b" not in text_of(app)


async def test_the_marked_check_tells_everything_it_saw() -> None:
    app = wizard(ready(step=Step.CHECKS, report=REFUSED))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: len(app.screen.query(CheckRow)) > 3)
        app.screen.query(CheckRow)[3].focus()
        await pilot.press("space")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        assert "sha256WithRSAEncryption" in text_of(app)
        await pilot.press("escape")
        assert isinstance(app.screen, ChecksScreen)


async def test_a_check_that_takes_long_says_that_it_still_waits() -> None:
    app = wizard(ready(step=Step.CHECKS, report=Report()))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, ChecksScreen)
        app.screen.report = Report().apply_all(
            (
                RunStarted(account_of(ready()), "", (PlannedCheck("connect.open", Stage.CONNECT, "port"),)),
                CheckStarted("connect.open", 0.0),
                CheckSlow("connect.open", 3000.0, 11000.0),
            )
        )
        await until(pilot, lambda: "slow" in text_of(app))
        assert "still waiting" in text_of(app)


async def test_the_transcript_is_hidden_at_first_on_a_narrow_screen_and_shown_on_a_wide_one() -> None:
    for size, at_first in (((80, 24), False), ((120, 40), True)):
        app = wizard(ready(step=Step.CHECKS, report=PASSED))
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda app=app: "Everything" in text_of(app))  # type: ignore[misc]
            assert ("EHLO [127.0.0.1]" in text_of(app)) is at_first
            await pilot.press("t")
            await pilot.pause()
            assert ("EHLO [127.0.0.1]" in text_of(app)) is not at_first


async def test_a_fault_outside_of_every_check_is_said_and_ends_nothing() -> None:
    def broken() -> tuple[Check, ...]:
        raise LookupError("no checks today")

    app = wizard(ready(step=Step.CHECKS), surroundings(broken))
    async with app.run_test() as pilot:
        await until(pilot, lambda: "could not run" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))


def endless(ended: list[str]) -> Check:
    async def run(context: Context, record: Record) -> Verdict:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")
        return Verdict(Status.PASS)

    return Check("connect.open", "port can be connected to", Stage.CONNECT, run, timeout=60.0)


async def test_news_that_comes_while_the_page_goes_ends_in_no_fault() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test() as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ChecksScreen)
        await screen.query_one("#page").remove()
        screen.report = REFUSED
        await pilot.pause()
        assert screen.report is REFUSED


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["passed", "refused"])
def test_a_finished_run_looks_as_it_should(snap_compare: Compare, size: tuple[int, int], name: str) -> None:
    report = PASSED if name == "passed" else REFUSED
    assert snap_compare(wizard(ready(step=Step.CHECKS, report=report)), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_run_under_way_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    checks = (*well()[:3], endless([]), *well()[4:])
    waiting = tuple(check if check.id != "connect.open" else endless([]) for check in (*well()[:2], *checks[3:]))
    app = wizard(ready(step=Step.CHECKS), surroundings(waiting))

    async def half_way(pilot: object) -> None:
        await until(pilot, lambda: "◔ running" in text_of(app))  # type: ignore[arg-type]

    assert snap_compare(app, terminal_size=size, run_before=half_way)


@pytest.mark.parametrize("size", SIZES)
def test_hostile_words_look_as_they_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    hostile = scripted(
        "greeting.banner",
        "server greets",
        Status.FAIL,
        reply(Stage.GREETING, None, 554, None, HOSTILE, "x" * 1500),
        said=((Direction.RECEIVE, f"554 {HOSTILE}"), (Direction.RECEIVE, "y" * 1500)),
    )
    app = wizard(ready(step=Step.CHECKS), surroundings((hostile,)))

    async def ended(pilot: object) -> None:
        await until(pilot, lambda: app.progress.report is not None)  # type: ignore[arg-type]

    assert snap_compare(app, terminal_size=size, run_before=ended)


def test_the_transcript_on_a_narrow_screen_looks_as_it_should(snap_compare: Compare) -> None:
    assert snap_compare(wizard(ready(step=Step.CHECKS, report=PASSED)), terminal_size=(80, 24), press=["t"])


def test_the_details_of_a_check_look_as_they_should(snap_compare: Compare) -> None:
    app = wizard(ready(step=Step.CHECKS, report=REFUSED))
    assert snap_compare(app, terminal_size=(80, 24), press=["down", "down", "down", "down", "space"])
