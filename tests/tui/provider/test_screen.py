from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.widgets import OptionList

from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.provider.screen import ProviderScreen
from smtpwizard.wizard.state import Step
from tests.tui.world import SIZES, gmail, shows, text_of, until, wizard

Compare = Callable[..., bool]


def names(app: WizardApp) -> list[str | None]:
    return [option.id for option in app.screen.query_one("#providers", OptionList).options]


async def test_typing_narrows_the_list() -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press(*"fastm")
        assert names(app) == ["fastmail", "custom"]


async def test_an_address_finds_its_provider_and_becomes_the_user_name() -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press(*"anna@googlemail.com", "enter")
        await until(pilot, lambda: shows(app, Step.GUIDE))
        assert app.progress.provider is not None
        assert (app.progress.provider.id, app.progress.form.username) == ("gmail", "anna@googlemail.com")


@pytest.mark.parametrize("text", ["no such thing", "anna@unknown.example", "[/b]"])
async def test_what_nobody_knows_leaves_the_way_to_name_a_server(text: str) -> None:
    app = wizard()
    async with app.run_test() as pilot:
        app.screen.query_one("#search").value = text  # type: ignore[attr-defined]
        await until(pilot, lambda: names(app) == ["custom"])


async def test_arrow_keys_move_while_the_search_keeps_the_keyboard() -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: app.progress.provider is not None)
        assert app.progress.provider is not None
        assert app.progress.provider.id == "custom"


async def test_a_click_chooses() -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("#providers", offset=(5, 1))
        await until(pilot, lambda: shows(app, Step.GUIDE))


async def test_escape_empties_the_search() -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press(*"gmx", "escape")
        assert isinstance(app.screen, ProviderScreen)
        assert app.screen.field.value == ""


async def test_the_search_and_the_choice_are_still_there_after_going_back() -> None:
    app = wizard()
    async with app.run_test() as pilot:
        await pilot.press(*"mail", "down", "down")
        chosen = names(app)[2]
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.GUIDE))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProviderScreen))
        assert isinstance(app.screen, ProviderScreen)
        assert app.screen.field.value == "mail"
        assert app.screen.marked == chosen


async def test_each_status_is_a_word_beside_its_glyph() -> None:
    app = wizard()
    async with app.run_test(size=(120, 60)) as pilot:
        await until(pilot, lambda: "Gmail" in text_of(app))
        shown = text_of(app)
        assert all(look in shown for look in ("✓ works", "◐ needs preparation", "✗ no passwords"))


@pytest.mark.parametrize("size", SIZES)
def test_the_start_page_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_narrowed_list_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(), terminal_size=size, press=[*"outlook"])


def test_the_light_colours_look_as_they_should(snap_compare: Compare) -> None:
    app = wizard()
    app.theme = "smtpwizard-light"
    assert snap_compare(app, terminal_size=(80, 24))


def test_without_colours_everything_is_still_said(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(wizard(), terminal_size=(80, 24))


def test_the_terminals_own_colours_look_as_they_should(snap_compare: Compare) -> None:
    app = wizard(gmail())
    app.theme = "ansi-dark"
    assert snap_compare(app, terminal_size=(80, 24))


def test_a_small_terminal_looks_as_it_should(snap_compare: Compare) -> None:
    assert snap_compare(wizard(), terminal_size=(50, 15))
