"""A line to type in, with its name on the border and what is wrong with it below."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input


async def act_at_once(field: Widget, event: events.Key) -> None:
    """Do what a key is bound to in a field, before the next letter comes: by way of the bindings it would be later.

    Enter goes that way, as the keys of the page do (the arrows of a list, say), and so stays behind them.
    """
    if event.key == "enter":
        return
    active = field.screen.active_bindings.get(event.key)
    if active is None or active.node is not field:
        return
    event.stop()
    event.prevent_default()
    await field.run_action(active.binding.action)


class LineField(Input):
    """An input whose Enter shows among the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Continue", id="continue", key_display="enter", tooltip="Go on with what is here"),
    ]

    def __init__(self, value: str, title: str, *, id: str, placeholder: str = "", replaces: bool = False) -> None:
        """With `replaces`, what is typed first takes the place of what stands there."""
        super().__init__(value, placeholder=placeholder, id=id, select_on_focus=replaces)
        self.border_title = title

    async def on_key(self, event: events.Key) -> None:
        """Keys that edit take their turn among the letters."""
        if not event.is_printable:
            await act_at_once(self, event)


def note(text: str, look: str = "quiet") -> Content:
    """A remark on a field: `good`, `careful`, `bad` or `quiet`, each with its glyph."""
    glyph, style = {
        "good": ("✓ ", "$success"),
        "careful": ("! ", "$warning"),
        "bad": ("✗ ", "$error"),
        "quiet": ("", "$quiet"),
    }[look]
    return Content.assemble((glyph + text, style))
