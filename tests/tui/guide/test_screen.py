from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from smtpwizard.model.provider import GuideStep
from smtpwizard.tui.guide.step import StepView
from smtpwizard.wizard import changes
from smtpwizard.wizard.state import Progress, Step
from tests.tui.world import SIZES, Opened, custom, gmail, knowledge, shows, surroundings, text_of, until, wizard

Compare = Callable[..., bool]


async def test_o_opens_the_page_of_the_marked_step() -> None:
    browser = Opened()
    app = wizard(gmail(), surroundings(browser=browser))
    async with app.run_test() as pilot:
        await pilot.press("o", "down", "o")
        await until(pilot, lambda: len(browser.pages) == 2)
    steps = knowledge().providers["gmail"].guide
    assert browser.pages == [steps[0].link, steps[1].link]


async def test_without_a_browser_the_address_goes_to_the_clipboard() -> None:
    app = wizard(gmail(), surroundings(browser=Opened(there=False)))
    async with app.run_test() as pilot:
        await pilot.press("o")
        assert app.clipboard == knowledge().providers["gmail"].guide[0].link


async def test_c_copies_the_command_of_the_marked_step_or_its_address() -> None:
    guide = (
        GuideStep("Look at it.", "https://example.com/", command="Get-Thing | Format-List"),
        GuideStep("Open it.", "https://example.com/page"),
        GuideStep("Sit back."),
    )
    provider = msgspec.structs.replace(knowledge().providers["gmail"], guide=guide)
    app = wizard(changes.choose_provider(Progress(), provider))
    async with app.run_test() as pilot:
        await pilot.press("c")
        assert app.clipboard == "Get-Thing | Format-List"
        await pilot.press("down", "c")
        assert app.clipboard == "https://example.com/page"
        await pilot.press("down", "c")
        assert app.clipboard == "https://example.com/page"


async def test_the_page_begins_at_its_top() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, StepView))
        await pilot.pause()
        assert app.screen.query_one("#guide").scroll_offset.y == 0


async def test_a_marked_step_below_long_notes_is_shown_before_the_next_one() -> None:
    provider = msgspec.structs.replace(knowledge().providers["gmail"], status_note="All of this comes first. " * 80)
    app = wizard(changes.choose_provider(Progress(), provider))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, StepView))
        await pilot.press("down")
        await until(pilot, lambda: "Done when" in text_of(app))
        first = app.screen.query(StepView).first()
        assert first.has_focus
        await pilot.press("down")
        assert not first.has_focus


async def test_a_marked_step_is_shown_to_its_end() -> None:
    step = GuideStep("Do it.", missing="There is much to say about what may stand in the way. " * 6)
    provider = msgspec.structs.replace(knowledge().providers["gmail"], guide=(step,) * 6)
    app = wizard(changes.choose_provider(Progress(), provider))
    async with app.run_test(size=(80, 24)) as pilot:
        guide = app.screen.query_one("#guide")

        def shown(place: int) -> bool:
            marked = app.screen.query(StepView)[place]
            return marked.has_focus and marked.region.bottom <= guide.region.bottom

        for place in range(6):
            await until(pilot, partial(shown, place))
            await pilot.press("down")


async def test_a_step_taller_than_the_page_is_passed_all_the_same() -> None:
    step = GuideStep("Do it.", missing="There is much to say about what may stand in the way. " * 60)
    provider = msgspec.structs.replace(knowledge().providers["gmail"], guide=(step, step))
    app = wizard(changes.choose_provider(Progress(), provider))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        await until(pilot, lambda: app.screen.query(StepView)[1].has_focus)


async def test_the_marked_step_says_what_to_do_when_the_page_is_not_there() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.focused, StepView))
        assert "Stuck: " in text_of(app)


async def test_a_dated_notice_stands_above_the_steps() -> None:
    app = wizard(changes.choose_provider(Progress(), knowledge().providers["microsoft365"]))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "What to do" in text_of(app))
        shown = text_of(app)
        date = f"{knowledge().providers['microsoft365'].notice[0].date:%Y-%m-%d}"
        assert 0 < shown.index(date) < shown.index("What to do")


async def test_enter_goes_on_and_escape_back() -> None:
    app = wizard(gmail())
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.CREDENTIALS))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.GUIDE))


async def test_a_provider_without_smtp_says_what_to_do_instead() -> None:
    provider = next(p for p in knowledge().providers.values() if p.status == "no-smtp" and not p.endpoint)
    app = wizard(changes.choose_provider(Progress(), provider))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert app.progress.step is Step.GUIDE
        assert (provider.instead or "")[:20] in text_of(app)


@pytest.mark.parametrize("size", SIZES)
def test_the_guide_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(gmail()), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_the_guide_to_ones_own_server_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(custom()), terminal_size=size)


def test_a_long_guide_looks_as_it_should_further_down(snap_compare: Compare) -> None:
    progress = changes.choose_provider(Progress(), knowledge().providers["microsoft365"])
    assert snap_compare(wizard(progress), terminal_size=(80, 24), press=["down", "down", "down"])
