"""Widgets for text from outside: none of it is read as markup, and none of it reaches the terminal as control."""

from __future__ import annotations

from textual.widgets import Static

from smtpwizard.model.text import printable_block


class PlainStatic(Static):
    """A static text in which brackets are brackets, and escapes are visible."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(printable_block(text), markup=False, id=id, classes=classes)
