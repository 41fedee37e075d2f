"""A page on which one thing is chosen from a list that narrows as you type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec.structs import replace
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smtpwizard.tui.frame.page import Page
from smtpwizard.wizard.state import Progress


class ChoicePage(Page):
    """A search, the list, and more about the marked one. The search keeps the keyboard."""

    LIST: ClassVar[str]
    """Id of the list."""
    EXAMPLES: ClassVar[str] = ""
    """What may be typed."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear", id="back", tooltip="Empty the search"),
        # With priority, as Enter has it: the keys keep their order, however fast they come.
        Binding("up", "move('cursor_up')", show=False, priority=True),
        Binding("down", "move('cursor_down')", show=False, priority=True),
        Binding("pageup", "move('page_up')", show=False, priority=True),
        Binding("pagedown", "move('page_down')", show=False, priority=True),
    ]
    field = getters.query_one("#search", Input)
    options = getters.query_one(OptionList)

    def options_for(self, text: str) -> Sequence[Option]:
        """What the list shows for a text; each option has an id."""
        raise NotImplementedError

    def marked_first(self, text: str) -> str | None:
        """Id of the option that the cursor begins on; None is the first one."""
        return None

    def about(self, marked: str) -> Content:
        """More about an option."""
        raise NotImplementedError

    def take(self, marked: str) -> None:
        """Go on with an option."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield Input(self.progress.search, placeholder=self.EXAMPLES, id="search")
        yield OptionList(id=self.LIST)
        yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        self._list(self.progress.search)
        self.field.focus()

    def on_screen_resume(self) -> None:
        if self.is_mounted and self.field.value != self.progress.search:
            self.field.value = self.progress.search

    def remember(self) -> Progress:
        return replace(self.progress, search=self.field.value)

    @on(Input.Changed, "#search")
    def narrow(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._list(event.value)

    def _list(self, text: str) -> None:
        found = self.options_for(text)
        self.options.clear_options()
        self.options.add_options(found)
        first = self.marked_first(text)
        places = [place for place, option in enumerate(found) if option.id == first]
        self.options.highlighted = (*places, 0)[0] if found else None
        if not found:
            self.query_one("#about", Static).update("Nothing fits that. Escape empties the search.")

    @property
    def marked(self) -> str | None:
        """Id of the option that the cursor is on."""
        option = self.options.highlighted_option
        return option.id if option is not None else None

    @on(OptionList.OptionHighlighted)
    def describe(self) -> None:
        """Say more of the marked one."""
        marked = self.marked
        self.query_one("#about", Static).update(self.about(marked) if marked is not None else "")

    def action_choose(self) -> None:
        """Go on with the marked one."""
        self.after_typing(self.choose)

    @on(OptionList.OptionSelected)
    @on(Input.Submitted, "#search")
    def choose(self) -> None:
        """Go on with the marked one."""
        marked = self.marked
        if marked is not None:
            self.take(marked)

    def action_move(self, where: str) -> None:
        """Move the cursor of the list while the search keeps the keyboard."""
        getattr(self.options, f"action_{where}")()

    def action_clear(self) -> None:
        """Empty the search."""
        self.field.value = ""
