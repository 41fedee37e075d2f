"""The question before leaving with something that is not written down."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from smtpwizard.tui.frame.dialog import Dialog
from smtpwizard.tui.plain import PlainStatic


class LeaveScreen(Dialog[bool]):
    """Answers True to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Leave", id="leave-yes", tooltip="End the wizard"),
        Binding("n,escape", "answer(False)", "Stay", id="leave-no", tooltip="Back to the page"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PlainStatic("Leave smtpwizard?", classes="dialog-title")
            yield PlainStatic(self._text)
            with Horizontal(classes="dialog-buttons"):
                yield Button("n  Stay", id="stay", classes="-primary")
                yield Button("y  Leave", id="leave")

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """A button was pressed."""
        self.dismiss(event.button.id == "leave")

    def action_answer(self, leave: bool) -> None:
        """A key was pressed."""
        self.dismiss(leave)
