"""The line at the bottom: the keys that work where the person is.

One widget that draws a line. The footer of Textual makes a widget for each key anew whenever the focus moves, which
costs more than all else that a page does then, and holds on to the old ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.binding import ActiveBinding, Binding
    from textual.screen import Screen

NARROW_GAP = 2
WIDE_GAP = 3
STEP = 4
"""Columns that a turn of the mouse wheel goes on, where the keys are wider than the screen."""


class Key(NamedTuple):
    """A key as it is shown."""

    key: str
    """By Textual's name."""
    label: str
    what: str
    enabled: bool
    tip: str


class Keys(Widget):
    """The keys and what they do. Each can be clicked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key", "keys--what", "keys--hovered"}
    keys: reactive[tuple[Key, ...]] = reactive((), init=False)
    hovered: reactive[int | None] = reactive(None, init=False)
    """Which one the mouse is on."""
    left: reactive[int] = reactive(0, init=False)
    """Columns that are scrolled out of sight."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._take_over)

    def _take_over(self, screen: Screen[object]) -> None:
        if self.app.app_focus and self.is_attached and screen is self.screen:
            self.keys = tuple(shown(screen.active_bindings.values(), self.app.get_key_display))

    def watch_keys(self) -> None:
        self.hovered = None
        self.left = 0

    def render(self) -> Content:
        key_style, what_style, hovered_style = (
            self.get_visual_style(name, partial=True) for name in ("keys--key", "keys--what", "keys--hovered")
        )
        gap = Content(" " * self._gap)
        parts: list[Content] = []
        for place, key in enumerate(self.keys):
            part = Content.assemble((key.label, key_style), (f" {key.what}", what_style))
            if not key.enabled:
                part = part.stylize("dim")
            if place == self.hovered:
                part = part.stylize_before(hovered_style)
            parts += [part, gap]
        return Content("").join(parts)[self.left :]

    @property
    def _gap(self) -> int:
        return WIDE_GAP if self.screen.has_class("-wide") else NARROW_GAP

    def _at(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset(self)
        column = -1 if offset is None else offset.x + self.left
        end = 0
        for place, key in enumerate(self.keys):
            start, end = end, end + len(key.label) + 1 + len(key.what)
            if start <= column < end:
                return place
            end += self._gap
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.hovered = self._at(event)

    def on_leave(self) -> None:
        self.hovered = None

    def watch_hovered(self, place: int | None) -> None:
        self.set_class(place is not None, "-over")
        self.tooltip = None if place is None else self.keys[place].tip or None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        place = self._at(event)
        if place is None:
            return
        if self.keys[place].enabled:
            self.app.simulate_key(self.keys[place].key)
        else:
            self.app.bell()

    def on_mouse_scroll_down(self) -> None:
        length = sum(len(key.label) + 1 + len(key.what) + self._gap for key in self.keys)
        self.left = max(0, min(self.left + STEP, length - self.content_size.width))

    def on_mouse_scroll_up(self) -> None:
        self.left = max(0, self.left - STEP)


def shown(bindings: Iterable[ActiveBinding], label: Callable[[Binding], str]) -> Iterable[Key]:
    """The bindings that are shown, each action once."""
    actions: set[str] = set()
    for _, binding, enabled, tooltip in bindings:
        if binding.show and binding.action not in actions:
            actions.add(binding.action)
            yield Key(binding.key, label(binding), binding.description, enabled, tooltip or binding.tooltip)
