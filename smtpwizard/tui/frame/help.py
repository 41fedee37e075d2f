"""The help of a page: what it is for, and its keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtpwizard.tui.frame.dialog import Dialog
from smtpwizard.tui.plain import PlainStatic

Keys = tuple[tuple[str, str], ...]
"""Pairs of a key and what it does."""


class HelpScreen(Dialog[None]):
    """Lies over a page until a key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,question_mark,enter,q", "dismiss", "Close", id="close-help", tooltip="Back to the page")
    ]

    def __init__(self, title: str, text: str, keys: Keys) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._keys = keys

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield PlainStatic(self._title, classes="dialog-title")
            with VerticalScroll(classes="dialog-text"):
                yield PlainStatic(self._text)
                yield PlainStatic("Keys", classes="section")
                width = max((len(key) for key, _ in self._keys), default=0) + 3
                lines = [Content.assemble((f"{key:<{width}}", "bold $primary"), does) for key, does in self._keys]
                yield Static(Content("\n").join(lines), markup=False)
            yield PlainStatic("Escape closes this.", classes="dialog-foot")
