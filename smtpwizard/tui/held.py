"""Keeps widgets from being used while something is under way that has begun with what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from textual.screen import Screen
from textual.widget import Widget


@contextmanager
def held(screen: Screen[Any], *widgets: Widget) -> Iterator[None]:
    """Disable the widgets meanwhile. Afterwards the focus is where it was, unless it was put elsewhere."""
    focused = screen.focused
    for widget in widgets:
        widget.disabled = True
    aside = screen.focused
    try:
        yield
    finally:
        for widget in widgets:
            widget.disabled = False
        if focused is not None and focused.is_attached and screen.focused is aside:
            focused.focus()
