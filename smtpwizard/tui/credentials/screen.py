"""Enter the account and its secret."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import ClassVar

from msgspec.structs import replace
from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Select, Static

from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.provider import tidied
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.output.evidence.every import describe
from smtpwizard.profiles.source import fetched
from smtpwizard.tui.credentials.fields import SOURCES, TITLES, keep_field, secret_fields, server_fields
from smtpwizard.tui.credentials.secret_input import SecretInput
from smtpwizard.tui.credentials.words import keyring_words, removed_words, secret_words
from smtpwizard.tui.field import LineField, note
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.held import held
from smtpwizard.tui.words import LACKS
from smtpwizard.wizard import changes, flow, needs
from smtpwizard.wizard.account import account_of, kept_elsewhere, vault_name
from smtpwizard.wizard.inspection import Inspection, inspect, removed
from smtpwizard.wizard.needs import Lack
from smtpwizard.wizard.state import Field, Keeping, Progress, Step


class CredentialsScreen(Page):
    """Server, user name, secret, and where the secret is kept."""

    CSS_PATH = "screen.tcss"
    STEP = Step.CREDENTIALS
    HEADING = "Who logs in, and where?"
    HELP = (
        "Fill in what is asked for. What looks wrong is said below its field while you type. A secret is shown as "
        "dots only; spaces that a web page adds when you copy are taken out.\n\n"
        "The keyring is your operating system's own place for secrets. The secret is written to it and read back "
        "before anything goes on. Where there is no keyring, it is kept in memory until the wizard ends.\n\n"
        "Nothing is sent before you press Enter. Then the checks begin."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "go_on", "Check it", show=False, id="check-it", tooltip="Begin the checks"),
    ]
    secret_note = getters.query_one("#note-secret", Static)
    keep_note = getters.query_one("#note-keep", Static)
    removed = ""

    def body(self) -> ComposeResult:
        progress, provider = self.progress, self.progress.provider
        needed = needs.fields_needed(progress)
        with VerticalScroll(id="fields", can_focus=False):
            yield from server_fields(progress, practice=self.wizard.practice)
            if Field.USERNAME in needed:
                hint = provider.username.note or "" if provider is not None else ""
                yield LineField(progress.form.username, "User name", id="username", placeholder=hint.partition(". ")[0])
                yield Static(id="note-username", classes="note", markup=False)
            elif progress.form.username:
                yield Static(
                    note(f"User name: {progress.form.username}, always this word"), classes="note -shown", markup=False
                )
            if needs.asks_secret(provider):
                yield from secret_fields(progress)
            yield LineField(progress.form.sender, "From", id="sender", placeholder="the address that mail comes from")
            yield Static(id="note-sender", classes="note", markup=False)
            if needs.asks_secret(provider):
                yield from keep_field(progress.keeping, allowed=self.wizard.surroundings.keep)
            with Horizontal(id="buttons"):
                yield Button("Check it", id="go-on", classes="-primary")
                yield Button("Back", id="back")

    def on_mount(self) -> None:
        for select in self.query(Select):
            for current in select.query("SelectCurrent"):
                current.border_title = TITLES[select.id or ""]
        self._show_source()
        self.follow_username()
        for field in self.query("#username").results(LineField):
            # Not by its message, which a Tab that follows at once overtakes.
            self.watch(field, "value", self.follow_username, init=False)
        self.look()
        first = needs.first_field(self.progress)
        self.query_one(f"#{first or 'go-on'}").focus()
        if self.query("#keep") and self.wizard.surroundings.keep:
            self.ask_keyring()

    def remember(self) -> Progress:
        progress, form = self.progress, self.progress.form
        typed = {field.id or "": field.value for field in self.query(LineField)}
        form = replace(
            form,
            host=typed.get("host", form.host),
            port=typed.get("port", form.port),
            username=typed.get("username", form.username),
            sender=typed.get("sender", form.sender),
        )
        keeping = progress.keeping
        for select in self.query(Select):
            if isinstance(select.value, Endpoint):
                place = select.value
                form = replace(form, host=place.host, port=str(place.port), security=place.security)
            elif isinstance(select.value, Security):
                form = replace(form, security=select.value)
            elif isinstance(select.value, Keeping):
                keeping = select.value
        progress = changes.with_source(progress, keeping, typed.get("source", progress.source))
        progress = changes.with_form(progress, form)
        for field in self.query(SecretInput):
            if field.secret:
                progress = changes.with_secret(progress, tidied(field.secret, progress.provider, typed=True))
        return progress

    def follow_username(self) -> None:
        """Ask for the sender where that does not follow."""
        self.query_one("#sender").display = needs.asks_sender(self.remember())

    @on(Input.Changed)
    @on(SecretInput.Changed)
    @work(exclusive=True, group="look", exit_on_error=False)
    async def look(self) -> None:
        """Say what stands out, as soon as something changes."""
        self._show(await self._inspection())

    async def _inspection(self) -> Inspection:
        progress = self.remember()
        return await inspect(account_of(progress), progress.secret, progress.provider, self.wizard.ports)

    def _show(self, inspection: Inspection) -> None:
        for field in ("host", "username", "sender"):
            for widget in self.query(f"#note-{field}").results(Static):
                flaws = [*inspection.of(field), *(inspection.of("port") if field == "host" else ())]
                flaws += inspection.of("security") if field == "host" else ()
                typed = [flaw for flaw in flaws if flaw.flaw != "empty" and flaw.value not in {"", "0"}]
                text = describe(typed[0]) if typed else ""
                widget.update(note(text, "careful") if text else "")
                widget.set_class(bool(text), "-shown")
        for secret_input in self.query(SecretInput):
            look, text = "quiet", ""
            if self.remember().keeping.elsewhere:
                text = "It is taken from there when the checks begin, and kept nowhere else."
            elif secret_input.secret or not secret_input.held:
                look, text = secret_words(inspection, self.progress.provider)
            content = Content(" ").join(
                [note(part, kind) for part, kind in ((text, look), (self.removed, "quiet")) if part]
            )
            self.secret_note.update(content)
            self.secret_note.set_class(bool(content), "-shown")

    @on(SecretInput.Changed)
    def tidy(self, event: SecretInput.Changed) -> None:
        """Take out what a paste brought along."""
        secret = event.control.secret
        clean = tidied(secret, self.progress.provider, typed=True)
        self.removed = removed_words(removed(secret, clean))
        if event.pasted:
            event.control.replace(clean)

    @on(Select.Changed, "#keep")
    def follow_keeping(self) -> None:
        """Ask for the secret, or for where it is."""
        self._show_source()
        self.look()

    def _show_source(self) -> None:
        keeping = self.remember().keeping
        for field in self.query("#source").results(LineField):
            field.border_title, field.placeholder = SOURCES.get(keeping, ("", ""))
            field.display = keeping.elsewhere
        for secret_input in self.query(SecretInput):
            secret_input.display = not keeping.elsewhere

    @on(Select.Changed, "#security")
    def follow_security(self, event: Select.Changed) -> None:
        """Let the port follow, while it is one of the usual ones."""
        port = self.query_one("#port", LineField)
        usual = {str(security.usual_port) for security in Security}
        if isinstance(event.value, Security) and port.value in {"", *usual}:
            port.value = str(event.value.usual_port)

    @work(exclusive=True, group="keyring", exit_on_error=False)
    async def ask_keyring(self) -> None:
        """Find out which keyring there is, before it is needed."""
        self.keep_note.update(note("Looking for the keyring …"))
        keyring = await self.wizard.ports.vault.inspect()
        usable = keyring.outcome == "usable"
        self.keep_note.update(
            note(keyring.backend or "", "good") if usable else note(keyring_words(keyring), "careful")
        )
        self.keep_note.add_class("-shown")
        if not usable and self.remember().keeping is Keeping.KEYRING:
            self.query_one("#keep", Select).value = Keeping.SESSION

    @on(Input.Submitted)
    @on(SecretInput.Submitted)
    def action_go_on(self) -> None:
        """Begin the checks, or say what is missing."""
        if self.query_one("#fields").disabled:
            # They are about to begin.
            return
        progress = self.remember()
        place = kept_elsewhere(progress) if needs.asks_secret(progress.provider) else None
        if place is not None and progress.source.strip():
            self.fetch(progress, place)
        else:
            self._go_on(progress)

    @work(exclusive=True, group="fetch", exit_on_error=False)
    async def fetch(self, progress: Progress, place: InVariable | FromCommand) -> None:
        """Take the secret from where the person keeps it, and go on with it."""
        if isinstance(place, FromCommand):
            self.secret_note.update(note("Running the command …"))
        try:
            with self._held():
                secret = await fetched(place)
        except UsageError as error:
            self.secret_note.update(note(str(error), "bad"))
            self.query_one("#source").focus()
            return
        self._go_on(changes.with_secret(progress, tidied(secret, progress.provider, typed=False)))

    def _go_on(self, progress: Progress) -> None:
        lacks = needs.lacks(progress, Step.CHECKS)
        if lacks:
            missing = "source" if lacks[0] is Lack.SECRET and progress.keeping.elsewhere else str(lacks[0])
            self.notify(LACKS[lacks[0]], markup=False, severity="warning")
            for field in self.query(f"#{missing}"):
                field.focus()
            return
        if progress.keeping is Keeping.KEYRING and progress.secret is not None and progress.keyring is None:
            self.keep(progress)
        else:
            self._leave(progress)

    @on(Button.Pressed, "#go-on")
    def press_go_on(self) -> None:
        """Begin the checks."""
        self.action_go_on()

    @on(Button.Pressed, "#back")
    def press_back(self) -> None:
        """Go one step back."""
        self.action_back()

    @work(exclusive=True, group="keyring", exit_on_error=False)
    async def keep(self, progress: Progress) -> None:
        """Put the secret into the keyring, and go on only once it came back the same."""
        self.keep_note.update(note("Asking the keyring. It may want to be unlocked first …"))
        self.keep_note.add_class("-shown")
        name = vault_name(account_of(progress))
        with self._held():
            keyring = await self.wizard.ports.vault.store(name, progress.secret or self.query_one(SecretInput).secret)
        if keyring.outcome == "usable":
            self._leave(changes.with_keyring(progress, keyring))
            return
        self.query_one("#keep", Select).value = Keeping.SESSION
        if keyring.outcome == "missing":
            # Who pressed Enter before the search had ended gets what the page chooses when it has: there is no other.
            self.notify(f"{keyring_words(keyring)} The secret is kept for this session only.", markup=False)
            self._leave(replace(progress, keeping=Keeping.SESSION))
            return
        self.keep_note.update(note(f"{keyring_words(keyring)} Press Enter to go on without it.", "bad"))

    def _held(self) -> AbstractContextManager[None]:
        """What is kept under a name must not get another one meanwhile."""
        return held(self, self.query_one("#fields"))

    def say_fault(self, text: str) -> None:
        super().say_fault(text)
        for widget in self.query("#note-keep").results(Static):
            # It is asked no longer.
            widget.update("")

    def _leave(self, progress: Progress) -> None:
        for field in self.query(SecretInput):
            field.take()
        self.wizard.go(flow.forward(progress))
