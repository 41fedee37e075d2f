from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.screen import ModalScreen

from smtpwizard.model.stage import Status
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.checks.detail import DetailScreen
from smtpwizard.tui.done.save import SaveScreen
from smtpwizard.tui.frame.help import HelpScreen
from smtpwizard.tui.frame.leave import LeaveScreen
from smtpwizard.wizard.state import Progress, Step
from tests.tui.reports import PASSED, REFUSED
from tests.tui.world import at, ready, scripted, shows, surroundings, until, well, wizard


def done() -> Progress:
    return ready(step=Step.DONE, report=PASSED, target="generic", written=Path("/srv/app/.env"), proven=PASSED)


OVER = [
    pytest.param("f1", HelpScreen, ready(step=Step.EXPORT, report=PASSED), done(), id="help"),
    pytest.param(
        "ctrl+q", LeaveScreen, ready(step=Step.CREDENTIALS), ready(step=Step.CHECKS, report=PASSED), id="leave"
    ),
    pytest.param("space", DetailScreen, ready(step=Step.CHECKS, report=REFUSED), ready(step=Step.GUIDE), id="detail"),
    pytest.param("s", SaveScreen, done(), Progress(), id="save"),
    pytest.param("ctrl+p", CommandPalette, ready(), ready(step=Step.CREDENTIALS), id="commands"),
]


@pytest.mark.parametrize(("key", "dialog", "here", "there"), OVER)
async def test_another_page_takes_what_lies_over_this_one_with_it(
    key: str, dialog: type[ModalScreen[object]], here: Progress, there: Progress
) -> None:
    app = wizard(here, surroundings(well()))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, here.step))
        if key == "space":
            await pilot.press("down")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, dialog))
        app.go(there)
        await until(pilot, lambda: shows(app, there.step))
        assert len(app.screen_stack) == (1 if there.step is Step.PROVIDER else 2)
        assert app.return_value is None


async def test_help_that_is_open_when_the_file_is_proven_gives_way_to_the_last_page(tmp_path: Path) -> None:
    gate = asyncio.Event()
    login = scripted("auth.login", "server takes user name and secret", Status.PASS, gate=gate)
    app = wizard(ready(step=Step.EXPORT, report=PASSED), surroundings((login,), folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: getattr(app.screen, "plan", None) is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.progress.written is not None)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        gate.set()
        await until(pilot, lambda: shows(app, Step.DONE))
        assert len(app.screen_stack) == 2


@pytest.mark.parametrize("open_dialog", [WizardApp.action_page_help, WizardApp.action_leave])
async def test_closing_twice_leaves_the_page_below_alone(open_dialog: Callable[[WizardApp], None]) -> None:
    app = wizard(ready())
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.GUIDE))
        open_dialog(app)
        await until(pilot, lambda: isinstance(app.screen, ModalScreen) and app.screen.is_mounted)
        dialog = app.screen
        dialog.dismiss()
        dialog.dismiss()
        await pilot.pause()
        assert shows(app, Step.GUIDE)


async def test_what_was_typed_below_help_counts_when_leaving() -> None:
    app = wizard(at(ready(step=Step.CREDENTIALS), secret=None))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))
        await pilot.press(*"abcd", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, LeaveScreen))
        assert app.progress.secret_held
