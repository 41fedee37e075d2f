from __future__ import annotations

import gc

import pytest
from textual.app import App
from textual.binding import ActiveBinding, Binding
from textual.pilot import Pilot
from textual.widget import Widget

from smtpwizard.tui.frame.keys import STEP, Key, Keys, shown
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Step
from tests.tui.reports import PASSED
from tests.tui.world import gmail, ready, shows, surroundings, until, well, wizard


def line(app: App[Outcome]) -> Keys:
    return app.screen.query_one(Keys)


def column(keys: Keys, label: str) -> int:
    """Where a key stands on its line, its padding included."""
    return str(keys.render()).index(label) + 1


async def ready_line(pilot: Pilot[Outcome]) -> Keys:
    await until(pilot, lambda: bool(line(pilot.app).keys))
    return line(pilot.app)


def binding(key: str, action: str, *, show: bool = True) -> ActiveBinding:
    return ActiveBinding(App[None](), Binding(key, action, action.title(), show=show, tooltip="why"), True, "")


def test_an_action_with_two_keys_is_shown_once_and_a_hidden_one_not_at_all() -> None:
    found = shown([binding("a", "go"), binding("b", "go"), binding("c", "hide", show=False)], lambda item: item.key)
    assert list(found) == [Key("a", "a", "Go", True, "why")]


async def test_the_line_names_keys_and_what_they_do_in_the_order_of_the_page() -> None:
    async with wizard(gmail()).run_test(size=(80, 24)) as pilot:
        keys = await ready_line(pilot)
        said = str(keys.render())
        assert said.split()[-2:] == ["^q", "Quit"]
        assert said.index("enter") < said.index("f1") < said.index("^q")


@pytest.mark.parametrize(("label", "step"), [("esc", Step.PROVIDER), ("enter", Step.CREDENTIALS)])
async def test_a_click_on_a_key_does_what_the_key_does(label: str, step: Step) -> None:
    app = wizard(gmail())
    async with app.run_test(size=(120, 40)) as pilot:
        keys = await ready_line(pilot)
        assert label in str(keys.render())
        await pilot.click(keys, offset=(column(keys, label), 0))
        await until(pilot, lambda: shows(app, step))


async def test_a_click_between_two_keys_does_nothing() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(120, 40)) as pilot:
        keys = await ready_line(pilot)
        first = keys.keys[0]
        await pilot.click(keys, offset=(len(f"{first.label} {first.what}") + 2, 0))
        await pilot.pause()
        assert shows(app, Step.GUIDE)


async def test_the_mouse_on_a_key_brings_its_explanation() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(120, 40)) as pilot:
        keys = await ready_line(pilot)
        await pilot.hover(keys, offset=(column(keys, "esc"), 0))
        await until(pilot, lambda: keys.hovered is not None)
        assert keys.tooltip == "One page back; nothing is lost"
        await pilot.hover("#heading")
        await until(pilot, lambda: keys.hovered is None)
        assert keys.tooltip is None


async def test_keys_that_have_no_room_come_with_the_wheel() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED), surroundings(well()))
    async with app.run_test(size=(60, 24)) as pilot:
        keys = await ready_line(pilot)
        whole = str(keys.render())
        assert len(whole) > 60
        keys.on_mouse_scroll_down()
        assert str(keys.render()) == whole[STEP:]
        for _ in range(len(whole)):
            keys.on_mouse_scroll_down()
        assert "Quit" in str(keys.render())[: keys.content_size.width]
        for _ in range(len(whole)):
            keys.on_mouse_scroll_up()
        assert str(keys.render()) == whole


async def test_a_moving_focus_leaves_no_widgets_behind() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED), surroundings(well()))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready_line(pilot)
        await pilot.press("down")

        def widgets() -> int:
            gc.collect()
            return sum(isinstance(item, Widget) for item in gc.get_objects())

        before = widgets()
        for _ in range(5):
            await pilot.press("down", "up")
        assert widgets() == before
