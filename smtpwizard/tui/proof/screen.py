"""Prove the envelope, and a real message where that is wanted."""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec
from msgspec.structs import replace
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Button, Static
from textual.worker import Worker

from smtpwizard.model.evidence.dialogue import MessageSent
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import printable
from smtpwizard.output.summary import summary
from smtpwizard.tui.checks.check_list import CheckList
from smtpwizard.tui.checks.follow import follow
from smtpwizard.tui.checks.look import telling
from smtpwizard.tui.field import LineField
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.held import held
from smtpwizard.tui.words import LACKS
from smtpwizard.wizard import changes, flow, needs
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.runs import proof_run, start
from smtpwizard.wizard.state import Progress, Step, Trial

ENVELOPE: Final = frozenset({Stage.AUTH, Stage.MAIL, Stage.RCPT, Stage.DATA})


class EnvelopeField(LineField):
    """An address; Enter tries it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "submit", "Dry run", id="dry-run", key_display="enter", tooltip="Ask the server; send nothing"
        ),
    ]


class ProofScreen(Page):
    """Sender and recipient, and what the server says to them."""

    CSS_PATH = "screen.tcss"
    STEP = Step.PROOF
    HEADING = "Would it take your mail?"
    SUBTITLE = "A dry run asks, and sends nothing. A test message really arrives."
    HELP = (
        "The log-in works. Servers can still refuse an address: some let you send only as yourself, some only to "
        "addresses that you confirmed.\n\n"
        "Enter makes a dry run: the server is asked about sender and recipient, and then told to forget it. Ctrl+S "
        "sends one real message to the recipient, with a word to look for. Ctrl+N goes on, with or without either."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "try(True)", "Send", id="send", tooltip="Send one real test message"),
        Binding("ctrl+n", "go_on", "Next", id="go-on", tooltip="On to the export"),
        Binding("ctrl+w", "why", "Why", id="why-proof", priority=True, tooltip="Open the troubleshooter"),
        Binding("ctrl+x", "cancel", "Cancel", id="cancel-proof", tooltip="Stop what still runs"),
    ]
    report: reactive[Report] = reactive(Report(), init=False)
    shown: reactive[Report] = reactive(Report(), init=False)

    def body(self) -> ComposeResult:
        form = self.progress.form
        account = account_of(self.progress)
        with Horizontal(id="addresses"):
            yield EnvelopeField(form.sender or account.sender or "", "From", id="sender", placeholder="you@example.com")
            yield EnvelopeField(form.recipient, "To", id="recipient", placeholder="someone@example.com, or yourself")
        with Horizontal(id="buttons"):
            yield Button("Dry run", id="dry", classes="-primary")
            yield Button("Send a message", id="really")
            yield Button("Continue", id="continue")
        yield Static(id="said", markup=False)
        yield CheckList(id="envelope").data_bind(report=ProofScreen.shown)

    def on_mount(self) -> None:
        self.query_one("#recipient").focus()
        self._say()
        if self.progress.proof is not None:
            self.report = self.progress.proof

    def remember(self) -> Progress:
        form = self.progress.form
        account = account_of(replace(self.progress, form=replace(form, sender="")))
        sender = self.query_one("#sender", LineField).value.strip()
        sender = "" if sender == account.sender else sender
        recipient = self.query_one("#recipient", LineField).value
        return changes.with_envelope(self.progress, sender, recipient)

    def watch_report(self, report: Report) -> None:
        checks = [result for result in report.checks if result.stage in ENVELOPE or result.status is Status.FAIL]
        self.shown = msgspec.structs.replace(report, checks=tuple(checks))
        self._say()

    def _say(self) -> None:
        for line in self.query("#said").results(Static):
            line.update(proof_words(self.report, self.progress.report))

    @work(exclusive=True, group="proof", exit_on_error=False)
    async def prove(self, *, send: bool) -> None:
        """Ask the server, or have it send."""
        run = proof_run(self.progress, send=send)
        with held(self, self.query_one("#dry"), self.query_one("#really")):
            report = await follow(start(self.wizard.surroundings, run), self, self._fold)
        self.wizard.progress = changes.proofed(self.progress, report)
        if needs.passed(report):
            self._invite()
        self.refresh_bindings()

    def _invite(self) -> None:
        self.query_one("#dry").remove_class("-primary")
        button = self.query_one("#continue")
        button.add_class("-primary")
        button.focus()

    def _fold(self, report: Report) -> None:
        self.report = report

    @on(Worker.StateChanged)
    def follow_proof(self) -> None:
        """Some keys work only while the server is asked, others only while it is not."""
        self.refresh_bindings()

    @property
    def is_proving(self) -> bool:
        """Whether the server is being asked."""
        return any(worker.group == "proof" and not worker.is_finished for worker in self.workers)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        proof = self.progress.proof
        match action:
            case "why":
                return proof is not None and proof.verdict is Status.FAIL and not self.is_proving
            case "cancel":
                return self.is_proving
        return True

    @on(LineField.Submitted)
    def submit(self) -> None:
        """Enter in a field is a dry run."""
        self.action_try(send=False)

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """A button was pressed."""
        match event.button.id:
            case "continue":
                self.action_go_on()
            case other:
                self.action_try(send=other == "really")

    def action_try(self, send: bool) -> None:
        """Try it, or say what is missing. A message is not sent a second time while the first is under way."""
        if self.is_proving:
            return
        self.wizard.progress = self.remember()
        lacks = needs.proof_lacks(self.progress)
        if lacks:
            self.notify(LACKS[lacks[0]], severity="warning", markup=False)
            self.query_one(f"#{lacks[0]}").focus()
            return
        self.prove(send=send)

    def action_cancel(self) -> None:
        """Stop what still runs."""
        self.workers.cancel_group(self, "proof")

    def action_why(self) -> None:
        """Open the troubleshooter."""
        self.wizard.go(flow.look_into(self.remember(), Trial.PROOF))

    def action_go_on(self) -> None:
        """On to the export."""
        self.wizard.go(flow.forward(self.remember()))


def proof_words(proof: Report, checks: Report | None) -> Content:
    """What is known by now about sender, recipient and message."""
    sent = next((item for _, item in proof.evidence() if isinstance(item, MessageSent)), None)
    if sent is not None:
        return Content.assemble(
            ("✓ Sent. ", "bold $success"),
            f"Look for the word {sent.token} in the inbox of {sent.recipient}, and among the spam.\n",
            (f"Message-ID {sent.message_id}, {sent.octets} octets", "$quiet"),
        )
    match proof.verdict:
        case Status.PASS | Status.WARN:
            return Content.styled("✓ The server would take this mail. Nothing was sent.", "bold $success")
        case Status.FAIL | Status.ERROR:
            failed = telling(proof)
            seen = printable(summary(failed)) if failed is not None else ""
            return Content.assemble(
                ("✗ The server would not take this mail. ", "bold $error"), seen, (" Ctrl+W finds out why.", "$quiet")
            )
    if proof.checks:
        return Content.styled("◔ Asking the server …", "$primary")
    known = {result.id: result.status for result in checks.checks} if checks is not None else {}
    if known.get("mail.sender") is Status.PASS:
        return Content.assemble(("✓ The sender is accepted. ", "$success"), ("Now: who gets it?", "$quiet"))
    return Content("")
