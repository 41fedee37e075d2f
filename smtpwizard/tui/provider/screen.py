"""Choose who takes the mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets.option_list import Option

from smtpwizard.discover.preset import listed, provider_for_address, search
from smtpwizard.model.provider import Provider
from smtpwizard.tui.frame.choosing import ChoicePage
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.provider.look import LOOKS
from smtpwizard.tui.provider.row import ProviderRow
from smtpwizard.wizard.state import Step

OTHER = "custom"
"""Id of the provider that is none: the person names the server."""


class ProviderScreen(ChoicePage):
    """All providers, and the way to name a server."""

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
    ]
    LIST = "providers"
    EXAMPLES = "gmail, smtp.example.com, you@example.com"

    def options_for(self, text: str) -> Sequence[Option]:
        return [Option(ProviderRow(provider), id=provider.id) for provider in matching(self, text)]

    def marked_first(self, text: str) -> str | None:
        before = self.progress.provider
        return before.id if before is not None and text == self.progress.search else None

    def about(self, marked: str) -> Content:
        provider = self._provider(marked)
        _, word, colour = LOOKS[provider.status]
        note = provider.status_note or provider.instead or ""
        lines = [Content.assemble((provider.name, "bold"), ("  ·  ", "$quiet"), (word, colour))]
        lines.append(Content(provider.summary + "."))
        if note:
            lines.append(Content.styled(note, "$quiet"))
        return Content("\n").join(lines)

    def take(self, marked: str) -> None:
        from smtpwizard.wizard import changes

        text = self.field.value.strip()
        self.wizard.go(changes.choose_provider(self.remember(), self._provider(marked), text if "@" in text else ""))

    def _provider(self, provider_id: str) -> Provider:
        return self.wizard.surroundings.knowledge.providers[provider_id]


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
