"""Takes the pictures of this folder from the running program: its start, and journeys against the practice server.

Run it from the top of the tree: `python screenshots/make.py`.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from textual.pilot import Pilot
from textual.widgets import Input

from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.theme import LIGHT
from smtpwizard.wiring import practice_surroundings, real_surroundings
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Step

HERE: Final = Path(__file__).parent
SIZE: Final = (112, 32)
TURNS: Final = 5000
"""Turns of the program's loop within which a page must have come."""
CELL: Final = 12.2
"""Width of a character in Textual's pictures."""
FONT_SIZE: Final = "font-size: 20.26px"
"""At which DejaVu Sans Mono is a cell wide: not every viewer stretches text to its `textLength`."""

_FONT_FACE = re.compile(r"@font-face \{[^}]*\}\s*")
_TEXT = re.compile(
    r'<text(?P<before>[^>]*) x="(?P<x>[\d.]+)"(?P<middle>[^>]*) textLength="(?P<length>[\d.]+)"(?P<after>[^>]*)>'
    r"(?P<text>[^<]*)</text>"
)
_BLANK = "&#160;"


def tidy(svg: str) -> str:
    """The picture without fonts from the web, and with blanks as distance: viewers differ on leading ones."""
    svg = _FONT_FACE.sub("", svg).replace("Fira Code", "DejaVu Sans Mono").replace("font-size: 20px", FONT_SIZE)
    return _TEXT.sub(_without_leading_blanks, svg)


def _without_leading_blanks(found: re.Match[str]) -> str:
    text = found["text"]
    blanks = 0
    while text.startswith(_BLANK):
        text = text.removeprefix(_BLANK)
        blanks += 1
    if not text:
        return ""
    x, length = float(found["x"]) + blanks * CELL, float(found["length"]) - blanks * CELL
    return (
        f'<text{found["before"]} x="{x:.1f}"{found["middle"]} textLength="{length:.1f}"{found["after"]}>{text}</text>'
    )


class Journey:
    """The wizard under way, and its camera."""

    def __init__(self, app: WizardApp, pilot: Pilot[Outcome]) -> None:
        self._app = app
        self._pilot = pilot

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let the program go on until a condition holds.

        Raises:
            TimeoutError: it never does.
        """
        for _ in range(TURNS):
            await self._pilot.pause()
            if holds():
                await self._pilot.pause()
                return
        raise TimeoutError(f"stuck on {self._app.progress.step}")

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self._pilot.press(*keys)

    async def reach(self, step: Step) -> None:
        """Wait for a page."""
        await self.until(lambda: isinstance(self._app.screen, Page) and self._app.screen.STEP is step)

    def shoot(self, name: str) -> None:
        """Take a picture, with the cursor at rest."""
        for field in self._app.screen.query(Input):
            field.cursor_blink = False
        (HERE / f"{name}.svg").write_text(tidy(self._app.export_screenshot(title="smtpwizard")), encoding="utf-8")


async def start_page(name: str, theme: str | None = None) -> None:
    """The first thing that is seen."""
    app = WizardApp(real_surroundings())
    async with app.run_test(size=SIZE) as pilot:
        if theme is not None:
            app.theme = theme
        journey = Journey(app, pilot)
        await journey.until(lambda: bool(app.screen.query("#providers")))
        journey.shoot(name)


async def good_journey(folder: Path) -> None:
    """Everything works."""
    app = WizardApp(practice_surroundings("all-well-gmail", folder))
    async with app.run_test(size=SIZE) as pilot:
        journey = Journey(app, pilot)
        await journey.reach(Step.GUIDE)
        journey.shoot("guide")
        await journey.press("enter")
        await journey.reach(Step.CREDENTIALS)
        journey.shoot("credentials")
        await journey.press("ctrl+s")
        await journey.until(lambda: app.progress.report is not None)
        journey.shoot("checks")
        await journey.press("enter")
        await journey.reach(Step.PROOF)
        await journey.press("ctrl+s")
        await journey.until(lambda: app.progress.proof is not None)
        journey.shoot("proof")
        await journey.press("ctrl+n")
        await journey.reach(Step.EXPORT)
        await journey.until(lambda: getattr(app.screen, "plan", None) is not None)
        journey.shoot("export")
        await journey.press("enter")
        await journey.reach(Step.DONE)
        journey.shoot("done")


async def bad_journey(folder: Path) -> None:
    """The account's own password is refused."""
    app = WizardApp(practice_surroundings("gmail-app-password", folder))
    async with app.run_test(size=SIZE) as pilot:
        journey = Journey(app, pilot)
        await journey.reach(Step.GUIDE)
        await journey.press("enter")
        await journey.reach(Step.CREDENTIALS)
        await journey.press("ctrl+s")
        await journey.until(lambda: app.progress.report is not None)
        journey.shoot("failure")
        await journey.press("enter")
        await journey.reach(Step.TROUBLE)
        await journey.until(lambda: bool(getattr(app.screen, "remedies", ())))
        journey.shoot("troubleshooter")


async def demonstration(folder: Path) -> None:
    """What `smtpwizard demo` begins with."""
    app = WizardApp(practice_surroundings(None, folder))
    async with app.run_test(size=SIZE) as pilot:
        journey = Journey(app, pilot)
        await journey.until(lambda: bool(app.screen.query("#scenarios")))
        journey.shoot("demo")


async def main() -> None:
    """Take every picture."""
    with tempfile.TemporaryDirectory() as folder:
        await start_page("start")
        await start_page("start-light", LIGHT.name)
        await demonstration(Path(folder))
        await good_journey(Path(folder))
        await bad_journey(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
