"""Numbered things to choose from, by their number, the arrow keys and Enter, or a click."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static


class NumberedRow(Horizontal, can_focus=True):
    """One of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "choose", "Choose", id="choose-row", key_display="enter", tooltip="Do the marked one"),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """It was chosen."""

        number: int

    def __init__(self, number: int, *lines: Widget) -> None:
        super().__init__()
        self.number = number
        self._lines = lines

    def compose(self) -> ComposeResult:
        yield Static(Content.styled(str(self.number), "bold $primary"), classes="number", markup=False)
        with Vertical(classes="what"):
            yield from self._lines

    def action_choose(self) -> None:
        """Choose it."""
        self.post_message(self.Chosen(self.number))

    def on_click(self) -> None:
        self.action_choose()
