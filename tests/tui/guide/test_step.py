from __future__ import annotations

from smtpwizard.model.provider import GuideStep
from smtpwizard.tui.guide.step import StepView
from tests.tui.world import HOSTILE, gmail, text_of, until, wizard


async def test_only_the_marked_step_is_told_in_full() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Done when" in text_of(app))
        before = app.screen.query(StepView)[1].size.height
        await pilot.press("down")
        await until(pilot, lambda: app.screen.query(StepView)[1].size.height > before)


async def test_the_text_of_a_step_is_never_markup() -> None:
    app = wizard(gmail())
    async with app.run_test() as pilot:
        await app.screen.query_one("#guide").mount(StepView(9, GuideStep(HOSTILE, missing=HOSTILE)))
        await pilot.pause()
        app.screen.query_one("#step-9").focus()
        await until(pilot, lambda: "[/b] [red]" in text_of(app))
        assert "\x1b" not in text_of(app)


async def test_below_the_last_step_the_page_goes_on() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["down"] * 8)
        await until(pilot, lambda: "Good to know" in text_of(app))


async def test_an_address_that_is_wrapped_is_one_link_to_the_terminal() -> None:
    address = "https://example.com/" + "a-long-way/" * 12
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await app.screen.query_one("#guide").mount(StepView(9, GuideStep("Open it.", address)))
        await pilot.pause()
        step = app.screen.query_one("#step-9")
        step.focus()
        await until(pilot, lambda: step.size.height > 2)
        lines = [step.render_line(line) for line in range(step.size.height)]
        linked = [[part.text for part in line if part.style and part.style.link == address] for line in lines]
        assert sum(map(bool, linked)) > 1
        assert "".join("".join(line) for line in linked).replace(" ", "") == address
