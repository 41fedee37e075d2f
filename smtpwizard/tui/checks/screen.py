"""Watch the checks run."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static
from textual.worker import Worker

from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.stage import Status
from smtpwizard.model.text import printable
from smtpwizard.output.summary import summary
from smtpwizard.output.words import GLYPHS
from smtpwizard.tui.checks.check_list import CheckList, CheckRow
from smtpwizard.tui.checks.follow import follow
from smtpwizard.tui.checks.look import COLOURS, look, telling
from smtpwizard.tui.checks.transcript import Transcript
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.words import endpoint_words
from smtpwizard.wizard import changes, flow, needs
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.runs import start, whole_run
from smtpwizard.wizard.state import Step, Trial

BAR = 24


class ChecksScreen(Page):
    """Every check with its outcome, time and fact; beside it what was said."""

    CSS_PATH = "screen.tcss"
    STEP = Step.CHECKS
    HEADING = "Checking"
    HELP = (
        "Every step of sending a mail is tried by itself: settings, name, connection, encryption, log-in, sender. "
        "Nothing is sent to anyone. Steps that do not depend on each other run at the same time.\n\n"
        "Up and Down move along the checks; Space shows everything that the marked one saw. t shows the transcript: "
        "what was said to the server and what it answered, without your secret.\n\n"
        "When all is well, Enter goes on. When something failed, Enter opens the troubleshooter."
    )
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "Continue", id="continue", key_display="enter", tooltip="On, or find out why"),
        Binding("r", "run_again", "Again", id="run-again", tooltip="Run all checks again"),
        Binding("c", "cancel", "Cancel", id="cancel", tooltip="Stop the checks that still run"),
        Binding("t", "transcript", "Transcript", id="transcript", tooltip="Show or hide what was said"),
        Binding("w", "why", "Why", id="why", tooltip="Open the troubleshooter"),
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
        Binding("space", "details", "Details", id="details", show=False, tooltip="Everything the marked check saw"),
    ]
    report: reactive[Report] = reactive(Report(), init=False)
    fault: reactive[str] = reactive("", init=False)
    """Why nothing could be run."""

    def body(self) -> ComposeResult:
        yield Static(id="state", markup=False)
        with Horizontal(id="panes"):
            with Vertical(id="list"):
                yield CheckList(id="checks").data_bind(ChecksScreen.report)
                yield Static(id="fact", markup=False)
            yield Transcript(id="transcript").data_bind(ChecksScreen.report)

    def on_mount(self) -> None:
        self.query_one("#heading", Static).update(_heading(self))
        if self.progress.report is not None:
            self.report = self.progress.report
        else:
            self.check()

    @work(exclusive=True, group="checks", exit_on_error=False)
    async def check(self) -> None:
        """Run everything."""
        run = whole_run(self.progress)
        report = await follow(start(self.wizard.surroundings, run), self, self._fold)
        self.wizard.progress = changes.checked(self.progress, report)
        worst = telling(report)
        for row in self.query(CheckRow):
            if worst is not None and row.result is not None and row.result.id == worst.id:
                row.focus(scroll_visible=False)
                row.scroll_visible(animate=False)
        self.refresh_bindings()

    def _fold(self, report: Report) -> None:
        self.report = report

    @on(Worker.StateChanged)
    def follow_checks(self) -> None:
        """Some keys work only while the checks run, others only when they do not."""
        self.refresh_bindings()
        self._say()

    def say_fault(self, text: str) -> None:
        self.fault = text

    def watch_report(self) -> None:
        self._say()
        self._tell()

    @on(events.DescendantFocus)
    def _tell(self) -> None:
        """Say in full what the marked check saw, else the one that matters most."""
        focused = self.focused
        result = focused.result if isinstance(focused, CheckRow) else None
        for fact in self.query("#fact").results(Static):
            fact.update(fact_words(result or telling(self.report)))

    def watch_fault(self) -> None:
        self._say()

    def _say(self) -> None:
        for line in self.query("#state").results(Static):
            line.update(state_line(self.report, self.fault, running=self.is_checking))

    @property
    def is_checking(self) -> bool:
        """Whether checks still run."""
        return any(worker.group == "checks" and not worker.is_finished for worker in self.workers)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        verdict = self.progress.report.verdict if self.progress.report is not None else None
        match action:
            case "cancel":
                return self.is_checking
            case "run_again":
                return not self.is_checking
            case "go_on":
                return True if verdict is not None and not self.is_checking else None
            case "why":
                return verdict is Status.WARN and not self.is_checking
        return True

    def action_go_on(self) -> None:
        """On to the proof, or to the troubleshooter."""
        if needs.passed(self.progress.report):
            self.wizard.go(flow.forward(self.progress))
        else:
            self.action_why()

    def action_why(self) -> None:
        """Open the troubleshooter."""
        self.wizard.go(flow.look_into(self.progress, Trial.CHECKS))

    def action_run_again(self) -> None:
        """Run everything again."""
        self.wizard.progress = changes.forget_runs(self.progress)
        self.fault = ""
        self.report = Report()
        self.check()

    def action_cancel(self) -> None:
        """Stop what still runs."""
        self.workers.cancel_group(self, "checks")

    def action_transcript(self) -> None:
        """Show or hide the transcript."""
        self.toggle_class("-transcript")

    def action_details(self) -> None:
        """Show what the marked check saw."""
        if isinstance(self.focused, CheckRow):
            self.focused.action_details()


def fact_words(result: CheckResult | None) -> Content:
    """A check and all that its summary says."""
    if result is None:
        return Content("")
    glyph, _, colour = look(result)
    text = printable(summary(result)) or "nothing stands out"
    return Content.assemble((f"{glyph} {result.title}: ", colour), (text, "$foreground"))


def _heading(screen: ChecksScreen) -> Content:
    account = account_of(screen.progress)
    who = f"  as {printable(account.username)}" if account.username else "  without logging in"
    return Content.assemble((endpoint_words(account.endpoint), "bold"), (who, "$quiet"))


def state_line(report: Report, fault: str, *, running: bool) -> Content:
    """How far the run is, or how it ended."""
    if fault:
        return Content.assemble(("✗ The checks could not run. ", "bold $error"), fault)
    total = len(report.checks)
    done = sum(result.status is not None for result in report.checks)
    if report.verdict is None:
        filled = round(BAR * done / total) if total else 0
        word = f"{done} of {total} checks" if running else f"stopped after {done} of {total} checks; r runs them again"
        return Content.assemble(("━" * filled, "$primary"), ("━" * (BAR - filled), "$rule"), (f"  {word}", "$quiet"))
    failed = [result for result in report.checks if result.status is Status.FAIL]
    text = {
        Status.PASS: "Everything that was tried works. Enter goes on to the proof.",
        Status.WARN: "It works, with something to know: w says what. Enter goes on.",
        Status.FAIL: f"{failed[0].title[:1].upper()}{failed[0].title[1:]}: that failed. Enter finds out why."
        if failed
        else "It failed.",
        Status.ERROR: "A check met a fault of this program. Space on its row shows what it saw.",
        Status.SKIP: "Nothing was tried.",
    }[report.verdict]
    return Content.assemble((f"{GLYPHS[report.verdict]} {text}", f"bold {COLOURS[report.verdict]}"))
