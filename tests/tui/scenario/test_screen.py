from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events

from smtpwizard.model.stage import Status
from smtpwizard.practice.scenario import Scenario, load_scenarios
from smtpwizard.practice.server import Served, serve
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.scenario.screen import FIRST, ScenarioScreen, matching
from smtpwizard.wiring import practice_surroundings
from smtpwizard.wizard.state import Step
from smtpwizard.wizard.surroundings import PracticeSetup
from tests.tui.world import SIZES, shows, surroundings, text_of, until, wizard

Compare = Callable[..., bool]


def chosen(*ids: str) -> tuple[Scenario, ...]:
    known = load_scenarios()
    return tuple(known[scenario_id] for scenario_id in ids)


SETUP = PracticeSetup(chosen(*FIRST), serve)


async def test_the_banner_says_that_nothing_leaves_the_machine() -> None:
    async with wizard(world=surroundings(practice=SETUP)).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Practice: nothing leaves this machine" in text_of(pilot.app))


async def test_a_scenario_fills_everything_in() -> None:
    app = wizard(world=surroundings(practice=SETUP))
    async with app.run_test() as pilot:
        await pilot.press(*"app password", "enter")
        await until(pilot, lambda: shows(app, Step.GUIDE))
        assert app.progress.provider is not None
        assert app.progress.provider.id == "gmail"
        assert app.progress.secret_held
        assert app.progress.form.username == "ada.practice@gmail.com"


async def test_a_search_that_finds_nothing_says_so_and_how_to_go_on() -> None:
    app = wizard(world=surroundings(practice=SETUP))
    async with app.run_test() as pilot:
        await pilot.press(*"xyzq")
        await until(pilot, lambda: "Nothing fits that. Escape empties the search." in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Everything works, over STARTTLS" in text_of(app))


async def test_arrows_and_enter_keep_their_order_however_fast_they_come() -> None:
    app = wizard(world=surroundings(practice=SETUP))
    async with app.run_test() as pilot:
        await pilot.pause()
        for key in ("down", "enter"):
            app.post_message(events.Key(key, None))
        await until(pilot, lambda: shows(app, Step.GUIDE))
        assert app.progress.provider is not None
        assert app.progress.provider.id == "gmail"


async def test_a_scenario_named_at_the_start_is_played_at_once() -> None:
    app = wizard(world=surroundings(practice=PracticeSetup(SETUP.scenarios, serve, "all-well")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.GUIDE))


async def test_one_scenario_ends_when_the_next_begins_and_with_the_wizard() -> None:
    log: list[str] = []

    @asynccontextmanager
    async def watched(scenario: Scenario) -> AsyncIterator[Served]:
        async with serve(scenario) as served:
            log.append(f"+{scenario.id}")
            yield served
        log.append(f"-{scenario.id}")

    app = wizard(world=surroundings(practice=PracticeSetup(SETUP.scenarios, watched)))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.GUIDE))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ScenarioScreen))
        await pilot.press("down", "enter")
        await until(pilot, lambda: shows(app, Step.GUIDE))
    assert log == ["+all-well", "-all-well", "+gmail-app-password", "-gmail-app-password"]


async def test_a_click_plays_a_scenario() -> None:
    app = wizard(world=surroundings(practice=SETUP))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#scenarios", offset=(5, 1))
        await until(pilot, lambda: shows(app, Step.GUIDE))


async def test_what_fits_no_scenario_plays_none() -> None:
    app = wizard(world=surroundings(practice=SETUP))
    async with app.run_test() as pilot:
        await pilot.press(*"zzz", "enter")
        await pilot.pause()
        assert isinstance(app.screen, ScenarioScreen)
        assert app.screen.marked is None
        assert not app.screen.workers


async def test_the_well_known_scenarios_come_first() -> None:
    assert [scenario.id for scenario in matching(load_scenarios().values(), "")][: len(FIRST)] == list(FIRST)


async def test_the_whole_demonstration_ends_with_a_proven_file(tmp_path: Path) -> None:
    world = practice_surroundings("all-well", tmp_path)
    app = WizardApp(world)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shows(app, Step.GUIDE))
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.progress.report is not None)
        assert app.progress.report is not None
        assert app.progress.report.verdict is Status.PASS
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.PROOF))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.progress.proof is not None)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: shows(app, Step.EXPORT))
        await until(pilot, lambda: getattr(app.screen, "plan", None) is not None)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert "practice-makes-perfect" in (tmp_path / ".env").read_text()


@pytest.mark.parametrize("size", SIZES)
def test_the_scenarios_look_as_they_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(world=surroundings(practice=SETUP)), terminal_size=size)
