from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from smtpwizard.tui.done.screen import proven
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Progress, Step
from tests.tui.reports import PASSED
from tests.tui.world import SIZES, Opened, at, ready, surroundings, text_of, until, wizard

Compare = Callable[..., bool]


def done(target: str = "generic") -> Progress:
    return ready(step=Step.DONE, report=PASSED, target=target, written=Path("/srv/app/.env"), proven=PASSED)


async def test_what_was_proven_and_where_it_lies_is_said() -> None:
    app = wizard(done())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "✓ Working" in text_of(app))
        shown = text_of(app)
        assert "/srv/app/.env" in shown
        assert "A log-in was made with what the file says" in shown
        assert "The recipient is accepted" not in shown


def test_no_log_in_is_told_of_where_none_was_made() -> None:
    without = msgspec.structs.replace(PASSED, checks=tuple(c for c in PASSED.checks if c.id != "auth.login"))
    told = [*proven(at(done(), proven=without))]
    assert "A log-in was made with what the file says." not in told
    assert told[-1] == "The server takes mail by what the file says."


async def test_enter_ends_the_wizard_with_what_was_reached() -> None:
    app = wizard(done())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
    assert app.return_value == Outcome(PASSED.verdict, Path("/srv/app/.env"), proven=True)


async def test_n_begins_again_without_the_old_account() -> None:
    app = wizard(done())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: app.progress == Progress())


async def test_the_programs_own_page_can_be_opened() -> None:
    browser = Opened()
    app = wizard(done("django"), surroundings(browser=browser))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("o")
        await until(pilot, lambda: len(browser.pages) == 1)


async def test_nothing_is_lost_by_leaving_from_here() -> None:
    app = wizard(done())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+q")
    assert app.return_value is not None
    assert app.return_value.proven


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("target", ["generic", "django"])
def test_the_end_looks_as_it_should(snap_compare: Compare, size: tuple[int, int], target: str) -> None:
    assert snap_compare(wizard(done(target)), terminal_size=size)
