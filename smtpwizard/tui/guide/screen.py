"""The steps that lead to the secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtpwizard.model.provider import Provider
from smtpwizard.output.provider_text import limit_words, when_read
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.guide.step import StepView
from smtpwizard.tui.hanging import Hanging
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.tui.provider.look import LOOKS
from smtpwizard.wizard import flow
from smtpwizard.wizard.state import Step


class GuideScreen(Page):
    """Status, dates, steps, and what is good to know."""

    CSS_PATH = "screen.tcss"
    STEP = Step.GUIDE
    HELP = (
        "These steps lead to the password or key that programs need. Up and Down move from step to step; the marked "
        "one says how you see that it is done, and what to do when the page or the button is not there.\n\n"
        "o opens the page of the marked step in your browser; where there is none, as over SSH, it copies the address. "
        "c copies the step's command or address, whole however it is wrapped here. Enter goes on; you can come back at "
        "any time."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Continue", id="continue", key_display="enter", tooltip="On to the credentials"),
        Binding("o", "open", "Open page", id="open-page", tooltip="Open the marked step's page in the browser"),
        Binding("c", "copy", "Copy", id="copy-step", tooltip="Copy the marked step's command, or its page's address"),
    ]

    @property
    def provider(self) -> Provider:
        """Whose guide this is."""
        provider = self.progress.provider
        if provider is None:
            raise LookupError("a guide is that of a provider")
        return provider

    def body(self) -> ComposeResult:
        provider = self.provider
        glyph, word, colour = LOOKS[provider.status]
        yield Static(
            Content.assemble((provider.name, "bold"), ("  ·  ", "$quiet"), (f"{glyph} {word}", colour)),
            markup=False,
            id="heading",
        )
        with VerticalScroll(id="guide", can_focus=False):
            notes = tuple(filter(None, (provider.status_note, provider.instead)))
            for text in notes or (f"{provider.summary}.",):
                yield PlainStatic(text, classes="quiet paragraph")
            for notice in provider.notice:
                dated = Content.assemble((f"{notice.date:%Y-%m-%d}  ", "bold $warning"), notice.text)
                yield Hanging("!", dated, style="$warning")
            if provider.guide:
                yield PlainStatic("What to do", classes="section")
            for number, step in enumerate(provider.guide, 1):
                with Horizontal(classes="step"):
                    yield PlainStatic(str(number), classes="number")
                    yield StepView(number, step)
            for title, notes in good_to_know(provider):
                yield PlainStatic(title, classes="section")
                for text in notes:
                    yield Hanging("·", text, classes="quiet")

    def on_mount(self) -> None:
        steps = self.query(StepView)
        if steps:
            steps.first().focus(scroll_visible=False)
        # The marked step grows, and the page follows it: begin at the top all the same.
        self.call_after_refresh(self.query_one("#guide", VerticalScroll).scroll_home, animate=False)

    @on(events.Click)
    def open_clicked(self, event: events.Click) -> None:
        """A double click opens the page."""
        if event.chain == 2:
            self.action_open()

    def action_open(self) -> None:
        """Open the page of the marked step."""
        link = self._link()
        if link is None:
            self.notify("This step has no page.", markup=False)
        elif self.open(link):
            self.notify(f"Opened in your browser: {link}", markup=False)

    def action_copy(self) -> None:
        """Put the command or the address of the marked step on the clipboard, whole however it is wrapped here."""
        focused = self.focused
        text = (focused.step.command or focused.step.link) if isinstance(focused, StepView) else None
        if text is None:
            self.notify("This step has nothing to copy.", markup=False)
        else:
            self.app.copy_to_clipboard(text)
            self.notify(f"On the clipboard: {text}", markup=False)

    def _link(self) -> str | None:
        focused = self.focused
        return focused.step.link if isinstance(focused, StepView) else None

    def action_walk(self, by: int) -> None:
        """Mark the next step, or the one before; beyond the last one, show what stands below it."""
        steps = list(self.query(StepView))
        place = next((place for place, step in enumerate(steps) if step.has_focus), 0)
        guide = self.query_one("#guide", VerticalScroll)
        shown = steps[place].region if steps else guide.region
        if by > 0 and shown.bottom > guide.region.bottom and shown.y > guide.region.y:
            # Long notes above may keep the marked step from view, or its end: nobody passes it by unread.
            steps[place].scroll_visible(animate=False)
            return
        place += by
        if place < 0:
            guide.scroll_home(animate=False)
        elif place >= len(steps):
            guide.scroll_page_down(animate=False)
        else:
            steps[place].focus()
            # It grows with the focus; only then is it known how far to go.
            self.call_after_refresh(steps[place].scroll_visible, animate=False)

    def action_go_on(self) -> None:
        """On to the credentials."""
        after = flow.forward(self.progress)
        if after.step is self.STEP:
            self.notify(self.provider.instead or f"{self.provider.name} takes no mail over SMTP.", markup=False)
        self.wizard.go(after)


def good_to_know(provider: Provider) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What else a provider's entry tells, under headings."""
    if provider.prerequisites:
        yield "What it takes", provider.prerequisites
    if provider.from_rule:
        yield "Who mail may come from", (provider.from_rule,)
    if provider.quirks:
        yield "Good to know", provider.quirks
    if provider.limit:
        yield f"Limits ({when_read(provider, 'limit')})", tuple(map(limit_words, provider.limit))
    pages = filter(None, (provider.docs, provider.status_page))
    yield f"Last checked {provider.checked}", (*pages, f"All sources: smtpwizard providers {provider.id}")
