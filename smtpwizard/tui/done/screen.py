"""What was proven, where it lies, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from smtpwizard.model.evidence.dialogue import MessageSent
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.model.target import Target
from smtpwizard.model.text import printable
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.hanging import Hanging
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.tui.words import endpoint_words
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.outcome import outcome
from smtpwizard.wizard.state import Progress, Step

if TYPE_CHECKING:
    from smtpwizard.profiles.folder import Saved

PROVEN: Final = {
    "tls.implicit": "The connection is encrypted, and the certificate is trusted.",
    "tls.upgrade": "The connection is encrypted, and the certificate is trusted.",
    "auth.login": "The log-in is accepted.",
    "mail.sender": "The sender is accepted.",
    "rcpt.recipient": "The recipient is accepted.",
}


class DoneScreen(Page):
    """The end of the journey."""

    CSS_PATH = "screen.tcss"
    STEP = Step.DONE
    HEADING = "Working"
    HELP = (
        "Everything on this page was proven with the file itself. Enter ends the wizard; n begins with another one. "
        "s saves the account under a name, so that `smtpwizard check --profile NAME` tests it again."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "finish", "Finish", id="finish", key_display="enter", tooltip="End the wizard"),
        Binding("n", "another", "Set up another", id="another", tooltip="Begin again with another service"),
        Binding("s", "save", "Save", id="save-account", tooltip="Save the account, to test it again by its name"),
        Binding("o", "docs", "Open docs", id="docs", tooltip="Open the program's own page on mail settings"),
    ]

    @property
    def target(self) -> Target | None:
        """For whom the file was written."""
        return self.wizard.surroundings.knowledge.targets.get(self.progress.target or "")

    def body(self) -> ComposeResult:
        target = self.target
        progress = self.progress
        with VerticalScroll(id="sheet"):
            for text in proven(progress):
                yield Hanging("✓", text, style="$success")
            yield PlainStatic("The file", classes="section")
            yield Static(Content.assemble((printable(str(progress.written)), "bold")), markup=False)
            yield PlainStatic("It holds the secret. Keep it out of version control.", classes="quiet")
            if target is not None:
                yield from _how_read(target)
        with Horizontal(id="buttons"):
            yield Button("Finish", id="finish", classes="-primary")
            yield Button("Set up another", id="another")

    def on_mount(self) -> None:
        self.query_one("#heading", Static).update(Content.styled("✓ Working", "bold $success"))
        self.query_one("#finish").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "docs":
                return self.target is not None and self.target.docs is not None
            case "save":
                return self.wizard.surroundings.keep
        return True

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """A button was pressed."""
        if event.button.id == "another":
            self.action_another()
        else:
            self.action_finish()

    def action_finish(self) -> None:
        """End the wizard."""
        self.app.exit(outcome(self.progress))

    def action_another(self) -> None:
        """Begin again."""
        self.wizard.go(Progress())

    def action_save(self) -> None:
        """Save the account as a profile."""
        from smtpwizard.tui.done.save import SaveScreen

        def answered(saved: Saved | None) -> None:
            if saved is not None:
                self.notify(f"Saved. Test it again with: smtpwizard check --profile {saved.name}", markup=False)

        self.app.push_screen(SaveScreen(), answered)

    def action_docs(self) -> None:
        """Open the program's own page."""
        docs = self.target.docs if self.target is not None else None
        if docs is not None:
            self.open(docs)


def proven(progress: Progress) -> Iterator[str]:
    """What was shown to be so, in the order in which it was."""
    yield f"{endpoint_words(account_of(progress).endpoint)}"
    passed = _passed(progress.report) | _passed(progress.proof)
    yield from dict.fromkeys(text for check, text in PROVEN.items() if check in passed)
    if progress.proof is not None:
        for _, item in progress.proof.evidence():
            if isinstance(item, MessageSent):
                yield f"A message was sent to {item.recipient}; its word is {item.token}."
    yield "The file says the same when it is read as the program reads it."
    logged_in = "auth.login" in _passed(progress.proven)
    yield "A log-in was made with what the file says." if logged_in else "The server takes mail by what the file says."


def _passed(report: Report | None) -> set[str]:
    fine = {Status.PASS, Status.WARN}
    return {result.id for result in report.checks if result.status in fine} if report is not None else set()


def _how_read(target: Target) -> ComposeResult:
    yield PlainStatic("How the program takes it up", classes="section")
    if target.apply is not None:
        yield PlainStatic(target.apply.text)
        for command in target.apply.commands:
            yield Hanging("$", Content.styled(command, "$accent"))
    if target.snippet is not None:
        yield PlainStatic(f"These lines belong in {target.snippet.file}:", classes="quiet belongs")
        yield PlainStatic(target.snippet.text, classes="snippet")
    if target.gotchas:
        yield PlainStatic("Good to know", classes="section")
        for text in target.gotchas:
            yield Hanging("·", text, classes="quiet")
