"""Asks under which name the account is saved, and saves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static
from textual.worker import Worker, WorkerState

from smtpwizard.model.errors import SmtpWizardError
from smtpwizard.profiles.folder import ProfileFolder, Saved
from smtpwizard.tui.credentials.secret_input import SecretInput
from smtpwizard.tui.field import LineField, note
from smtpwizard.tui.frame.dialog import Dialog
from smtpwizard.tui.frame.fault import ending_words
from smtpwizard.tui.held import held
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.wizard.saving import asks_passphrase, profile_name, save_profile
from smtpwizard.wizard.state import Keeping

if TYPE_CHECKING:
    from smtpwizard.tui.app import WizardApp

_WITH: dict[Keeping, str] = {
    Keeping.KEYRING: "The settings go into a file, the secret into the keyring.",
    Keeping.SESSION: "The settings go into a file. So does the secret, if you choose a passphrase that encrypts it; "
    "otherwise it is asked for with each test.",
    Keeping.VARIABLE: "The settings go into a file, with the name of the variable that has the secret.",
    Keeping.COMMAND: "The settings go into a file, with the command that prints the secret.",
}


class SaveScreen(Dialog[Saved]):
    """Answers with the profile that was saved, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="save-no", tooltip="Save nothing"),
    ]
    said = getters.query_one("#said", Static)

    def compose(self) -> ComposeResult:
        wizard = cast("WizardApp", self.app)
        folder = ProfileFolder()
        try:
            name, fault = profile_name(wizard.progress, folder), ""
        except SmtpWizardError as error:
            name, fault = "", str(error)
        with Vertical(classes="dialog"):
            yield PlainStatic("Save this account?", classes="dialog-title")
            yield PlainStatic(_WITH[wizard.progress.keeping])
            yield LineField(name, "Name", id="name", replaces=True)
            if asks_passphrase(wizard.progress):
                yield SecretInput("Passphrase", hint="left empty, the secret is not saved", id="passphrase")
            yield Static(note(fault, "bad") if fault else "", id="said", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield Button("Save", id="save", classes="-primary")
                yield Button("Cancel", id="cancel")

    @on(LineField.Submitted)
    @on(SecretInput.Submitted)
    @on(Button.Pressed, "#save")
    def submit(self) -> None:
        """Save it."""
        self.save(self.query_one("#name", LineField).value.strip())

    @work(exclusive=True, exit_on_error=False)
    async def save(self, name: str) -> None:
        """Save it, or say why that cannot be."""
        wizard = cast("WizardApp", self.app)
        word = next((field.secret for field in self.query(SecretInput)), None)
        # Deriving the key from a passphrase is slow on purpose.
        self.said.update(note("Encrypting it, which takes some seconds …" if word else "Saving …"))
        try:
            # Given up half-way, or begun a second time, it would leave a secret in the keyring that nothing names.
            with held(self, self.query_one(".dialog")):
                saved = await save_profile(wizard.progress, wizard.ports.vault, ProfileFolder(), name, word)
        except SmtpWizardError as error:
            self.said.update(note(str(error), "bad"))
            self.query_one("#name").focus()
            return
        self.dismiss(saved)

    @on(Worker.StateChanged)
    def say_fault(self, event: Worker.StateChanged) -> None:
        """Say what went wrong behind the question."""
        if event.state is WorkerState.ERROR:
            self.said.update(note(ending_words(event.worker), "bad"))

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Save nothing."""
        if not self.query_one(".dialog").disabled:
            self.dismiss(None)
