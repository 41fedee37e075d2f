"""A text behind a mark, whose further lines stay clear of the mark."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from smtpwizard.tui.plain import PlainStatic


class Hanging(Horizontal):
    """Mark and text."""

    def __init__(self, mark: str, text: str | Content, *, style: str = "$quiet", classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._mark = Content.styled(mark, style)
        self._text = text

    def compose(self) -> ComposeResult:
        yield Static(self._mark, classes="mark", markup=False)
        if isinstance(self._text, str):
            yield PlainStatic(self._text, classes="hanging")
        else:
            yield Static(self._text, classes="hanging", markup=False)
