from __future__ import annotations

import subprocess
import sys
from functools import partial

import pytest
from textual.color import Color
from textual.css.stylesheet import Stylesheet
from textual.strip import Strip

from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.frame.help import HelpScreen
from smtpwizard.tui.frame.leave import LeaveScreen
from smtpwizard.tui.theme import DARK
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Step
from tests.tui.reports import PASSED, REFUSED
from tests.tui.world import PASSWORD, SIZES, gmail, ready, refused, shows, surroundings, text_of, until, well, wizard

NARROW = (60, 18)


async def test_the_start_page_says_whose_it_is() -> None:
    async with wizard().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Gmail" in text_of(pilot.app))
        assert "smtpwizard" in text_of(pilot.app)


START = """
import asyncio, sys
from smtpwizard.cli.main import status
from smtpwizard.cli.wizard import start
from smtpwizard.tui.app import WizardApp
from smtpwizard.wiring import real_surroundings

async def show():
    async with WizardApp(real_surroundings()).run_test() as pilot:
        await pilot.pause()
        print(*(name for name in sys.argv[1:] if name in sys.modules))

asyncio.run(show())
"""


def test_the_start_page_loads_nothing_that_only_later_pages_need() -> None:
    later = (
        "click",
        "email",
        "smtpwizard.model.check",
        "smtpwizard.model.evidence",
        "smtpwizard.wizard.changes",
        "smtpwizard.wizard.flow",
        "smtpwizard.wizard.needs",
        "cryptography",
    )
    done = subprocess.run(
        [sys.executable, "-c", START, *later, "smtpwizard.tui.provider.screen"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["smtpwizard.tui.provider.screen"], done.stderr


async def test_a_page_s_style_sheet_does_not_make_all_others_be_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    again: list[str] = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda sheet: again.append("parsed"))
    app = wizard(world=surroundings(well()))
    async with app.run_test() as pilot:
        for progress in (gmail(), ready(step=Step.CREDENTIALS), ready(step=Step.CHECKS, report=PASSED)):
            app.go(progress)
            await until(pilot, partial(shows, app, progress.step))
            assert app.stylesheet.has_source(str(app.screen.css_path[0]), "")
    assert again == []


async def test_the_caller_is_told_once_when_the_first_page_is_drawn() -> None:
    shown: list[str] = []
    app = WizardApp(surroundings(), when_shown=lambda: shown.append(text_of(app)))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(shown))
        await pilot.pause()
    assert len(shown) == 1
    assert "Gmail" in shown[0]


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_quitting_asks_nothing_where_nothing_is_lost(key: str) -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press(key)
    assert app.return_value == Outcome()


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
@pytest.mark.parametrize("step", [Step.GUIDE, Step.CREDENTIALS, Step.CHECKS, Step.TROUBLE, Step.PROOF, Step.EXPORT])
async def test_quitting_with_something_unsaved_asks_on_every_page(key: str, step: Step) -> None:
    app = wizard(ready(step=step, report=_report(passed=step is not Step.TROUBLE)), surroundings(well()))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, LeaveScreen))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, LeaveScreen))
        assert app.progress.step is step
        await pilot.press(key, key)
    assert app.return_value is not None


async def test_quitting_keeps_the_exit_value_typed() -> None:
    app = wizard(ready(report=_report(passed=True)))
    async with app.run_test() as pilot:
        await pilot.press("ctrl+q", "y")
    assert app.return_value == Outcome(verdict=Status.PASS)


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_every_page_explains_itself(key: str) -> None:
    app = wizard(gmail())
    async with app.run_test() as pilot:
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "Open the marked step's page" in text_of(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)


async def test_the_command_palette_goes_to_pages_that_can_be_gone_to() -> None:
    app = wizard(gmail())
    async with app.run_test() as pilot:
        offered = [command.title for command in app.get_system_commands(app.screen)]
        assert "Go to credentials" in offered
        assert "Go to checks" not in offered
        next(c for c in app.get_system_commands(app.screen) if c.title == "Go to credentials").callback()
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))


@pytest.mark.parametrize("size", [(59, 24), (80, 17), (20, 5)])
async def test_a_terminal_that_is_too_small_says_so(size: tuple[int, int]) -> None:
    app = wizard()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "needs" in text_of(app))
        assert "provider" not in text_of(app)


async def test_a_terminal_that_grows_shows_the_page_again_with_what_was_typed() -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"sendg")
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "needs 60 columns" in " ".join(text_of(app).split()))
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: "SendGrid" in text_of(app))
        assert "sendg" in text_of(app)


@pytest.mark.parametrize("step", [Step.GUIDE, Step.CREDENTIALS, Step.CHECKS, Step.TROUBLE, Step.PROOF, Step.EXPORT])
@pytest.mark.parametrize("size", [*SIZES, NARROW])
async def test_every_page_fits(step: Step, size: tuple[int, int]) -> None:
    app = wizard(ready(step=step, report=_report(passed=step is not Step.TROUBLE)), surroundings(refused()))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "smtpwizard" in text_of(app))
        assert "Help" in text_of(app).splitlines()[-1]


async def test_no_colour_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = wizard(ready(step=Step.CHECKS, report=_report(passed=False)))
    async with app.run_test() as pilot:
        await pilot.pause()
        colours = {segment.style.color for strip in _strips(app) for segment in strip if segment.style is not None}
        triplets = [colour.triplet for colour in colours if colour is not None and colour.triplet is not None]
        assert all(triplet.red == triplet.green == triplet.blue for triplet in triplets)
        assert "✗ failed" in text_of(app)


async def test_it_starts_in_its_own_colours() -> None:
    app = wizard()
    async with app.run_test():
        assert app.screen.styles.background == Color.parse(DARK.background or "")


async def test_the_secret_is_in_no_picture_and_no_tree_of_widgets() -> None:
    app = wizard(ready(step=Step.CREDENTIALS))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("#secret")
        await pilot.press(*PASSWORD)
        await pilot.pause()
        assert PASSWORD not in app.export_screenshot()
        assert all(PASSWORD not in repr(node) + repr(vars(node)) for node in app.screen.walk_children())


def _strips(app: WizardApp) -> list[Strip]:
    strips = app.screen._compositor.render_strips()
    for line_filter in app.get_line_filters():
        strips = [strip.apply_filter(line_filter, app.screen.styles.background) for strip in strips]
    return strips


def _report(*, passed: bool) -> Report:
    return PASSED if passed else REFUSED
