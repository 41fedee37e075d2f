"""Widgets for text from outside: none of it is ever read as markup."""

from __future__ import annotations

from textual.widgets import Static


class PlainStatic(Static):
    """A static text in which brackets are brackets."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, markup=False, id=id, classes=classes)
