from __future__ import annotations

import pytest

from smtpwizard.wizard.state import Step
from tests.tui.reports import PASSED, REFUSED
from tests.tui.world import gmail, ready, shows, text_of, until, wizard


def first_line(app: object) -> str:
    return text_of(app).splitlines()[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "mark"),
    [(Step.GUIDE, "● guide"), (Step.CHECKS, "● checks"), (Step.TROUBLE, "✗ checks"), (Step.PROOF, "● proof")],
)
async def test_the_current_stop_is_marked(step: Step, mark: str) -> None:
    app = wizard(ready(step=step, report=REFUSED if step is Step.TROUBLE else PASSED))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: mark in first_line(app))
        assert "✓ provider" in first_line(app)


async def test_a_narrow_terminal_names_the_stop_and_its_number() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(64, 24)) as pilot:
        await until(pilot, lambda: "guide 2 of 6" in first_line(app))


async def test_a_click_goes_to_a_stop_that_can_be_gone_to() -> None:
    app = wizard(ready(step=Step.CHECKS, report=PASSED))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("Journey", offset=(first_line(app).index("guide"), 0))
        await until(pilot, lambda: shows(app, Step.GUIDE))


async def test_a_click_on_what_is_not_ready_yet_does_nothing() -> None:
    app = wizard(gmail())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click("Journey", offset=(first_line(app).index("export"), 0))
        await pilot.pause()
        assert shows(app, Step.GUIDE)
