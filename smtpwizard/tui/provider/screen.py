"""Choose who takes the mail."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smtpwizard.discover.preset import listed, provider_for_address, search
from smtpwizard.model.provider import Provider
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.provider.look import LOOKS
from smtpwizard.tui.provider.row import ProviderRow
from smtpwizard.wizard.state import Progress, Step

OTHER = "custom"
"""Id of the provider that is none: the person names the server."""


class ProviderScreen(Page):
    """A list that narrows as you type."""

    CSS_PATH = "screen.tcss"
    STEP = Step.PROVIDER
    HEADING = "Who takes your mail?"
    SUBTITLE = "Choose the service that sends it. Type its name, or your address there."
    HELP = (
        "Type a few letters of the service's name, of a host name, or a whole mail address. The list narrows as you "
        "type. Arrow keys move, Enter goes on.\n\n"
        "The word beside each name says whether programs can send through it: works, needs preparation (the next page "
        "leads you through it), no passwords (the service takes only OAuth 2.0), or no SMTP.\n\n"
        "Your own or your company's server is not in the list by name: choose Another server."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "choose",
            "Choose",
            id="choose",
            key_display="enter",
            priority=True,
            tooltip="Go on with the marked service",
        ),
        Binding("escape", "clear", "Clear", id="back", tooltip="Empty the search"),
        Binding("up", "move('cursor_up')", show=False),
        Binding("down", "move('cursor_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
    ]
    field = getters.query_one("#search", Input)
    options = getters.query_one("#providers", OptionList)
    about = getters.query_one("#about", Static)

    def body(self) -> ComposeResult:
        yield Input(self.progress.search, placeholder="gmail, smtp.example.com, you@example.com", id="search")
        yield OptionList(id="providers")
        yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        self._list(self.progress.search)
        self.field.focus()

    @property
    def marked(self) -> Provider | None:
        """The provider that the cursor is on."""
        option = self.options.highlighted_option
        return self.wizard.surroundings.knowledge.providers.get(option.id or "") if option is not None else None

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
        before = self.progress.provider if text == self.progress.search else None
        found = matching(self, text)
        self.options.clear_options()
        self.options.add_options([Option(ProviderRow(provider), id=provider.id) for provider in found])
        at = next((place for place, provider in enumerate(found) if before is not None and provider == before), 0)
        self.options.highlighted = at

    @on(OptionList.OptionHighlighted, "#providers")
    def describe(self) -> None:
        """Say more of the marked provider."""
        provider = self.marked
        if provider is None:
            self.about.update("")
            return
        _, word, colour = LOOKS[provider.status]
        note = provider.status_note or provider.instead or ""
        lines = [Content.assemble((provider.name, "bold"), ("  ·  ", "$quiet"), (word, colour))]
        lines.append(Content(provider.summary + "."))
        if note:
            lines.append(Content.styled(note, "$quiet"))
        self.about.update(Content("\n").join(lines))

    def action_choose(self) -> None:
        """Go on with the marked provider."""
        self.after_typing(self.choose)

    @on(OptionList.OptionSelected, "#providers")
    @on(Input.Submitted, "#search")
    def choose(self) -> None:
        """Go on with the marked provider."""
        from smtpwizard.wizard import flow

        provider = self.marked
        if provider is not None:
            text = self.field.value.strip()
            self.wizard.go(flow.choose_provider(self.remember(), provider, text if "@" in text else ""))

    def action_move(self, where: str) -> None:
        """Move the cursor of the list while the search keeps the keyboard."""
        getattr(self.options, f"action_{where}")()

    def action_clear(self) -> None:
        """Empty the search."""
        self.field.value = ""


def matching(page: Page, text: str) -> list[Provider]:
    """What the list shows for a text. The way to name a server is always part of it."""
    providers = page.wizard.surroundings.knowledge.providers
    text = text.strip()
    if not text:
        return listed(providers)
    found = search(providers, text)
    if "@" in text:
        own = provider_for_address(providers, text)
        found = [own] if own is not None else []
    other = providers.get(OTHER)
    return found if other is None or other in found else [*found, other]
