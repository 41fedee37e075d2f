"""The line at the top: the name, and the stops of the journey."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from smtpwizard.wizard.state import JOURNEY, Step

NAME = "smtpwizard"
GAP = 2
FULL_WIDTH = 78
"""Columns for which the stops can all be named."""


class Journey(Widget):
    """Shows where on the journey a page is. A stop can be clicked."""

    ALLOW_SELECT = False

    @dataclass
    class Chosen(Message):
        """A stop was clicked."""

        step: Step

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._here = len(JOURNEY) if step is Step.DONE else JOURNEY.index(step.stop)
        self._glyph = "✗" if step is Step.TROUBLE else "●"
        self._places: list[tuple[int, int, Step]] = []

    def render(self) -> Content:
        parts: list[tuple[str, str]] = [(NAME, "bold $primary")]
        self._places = []
        width = self.size.width
        if width < FULL_WIDTH - 2:
            place = min(self._here, len(JOURNEY) - 1)
            glyph, style = self._look(place)
            label = f"{glyph} {JOURNEY[place]} "
            parts += [
                (" " * max(2, width - len(NAME) - len(label) - 6), ""),
                (label, style),
                (f"{place + 1} of {len(JOURNEY)}", "$quiet"),
            ]
            return Content.assemble(*parts)
        length = sum(len(stop) + 2 for stop in JOURNEY) + GAP * (len(JOURNEY) - 1)
        position = max(len(NAME) + 2, width - length)
        parts.append((" " * (position - len(NAME)), ""))
        for place, stop in enumerate(JOURNEY):
            glyph, style = self._look(place)
            label = f"{glyph} {stop}"
            self._places.append((position, position + len(label), stop))
            parts.append((label, style))
            if place < len(JOURNEY) - 1:
                parts.append((" " * GAP, ""))
            position += len(label) + GAP
        return Content.assemble(*parts)

    def _look(self, place: int) -> tuple[str, str]:
        if place < self._here:
            return "✓", "$success"
        if place > self._here:
            return "○", "$quiet"
        return self._glyph, "bold $error" if self._glyph == "✗" else "bold $foreground"

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for start, end, stop in self._places:
            if start <= offset.x < end:
                self.post_message(self.Chosen(stop))
