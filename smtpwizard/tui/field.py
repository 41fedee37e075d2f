"""A line to type in, with its name on the border and what is wrong with it below."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input


class LineField(Input):
    """An input whose Enter shows among the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Continue", id="continue", key_display="enter", tooltip="Go on with what is here"),
    ]

    def __init__(self, value: str, title: str, *, id: str, placeholder: str = "", replaces: bool = False) -> None:
        """With `replaces`, what is typed first takes the place of what stands there."""
        super().__init__(value, placeholder=placeholder, id=id, select_on_focus=replaces)
        self.border_title = title


def note(text: str, look: str = "quiet") -> Content:
    """A remark on a field: `good`, `careful`, `bad` or `quiet`, each with its glyph."""
    glyph, style = {
        "good": ("✓ ", "$success"),
        "careful": ("! ", "$warning"),
        "bad": ("✗ ", "$error"),
        "quiet": ("", "$quiet"),
    }[look]
    return Content.assemble((glyph + text, style))
