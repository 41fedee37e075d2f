"""Say what is wrong, why, and what to do; ask and try where that is not clear yet."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from smtpwizard.model.cause import Action, Finding, Remedy
from smtpwizard.model.evidence.answers import Answer
from smtpwizard.model.report import Report
from smtpwizard.model.text import printable
from smtpwizard.model.tree import Probe, Question
from smtpwizard.output.remedies import ITSELF, fill, remedies_for
from smtpwizard.troubleshoot.diagnose import Diagnosis, diagnose
from smtpwizard.tui.checks.follow import follow
from smtpwizard.tui.frame.page import Page
from smtpwizard.tui.numbered import NumberedRow
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.tui.trouble.way import rival_lines, way_lines
from smtpwizard.tui.trouble.words import probe_words, remedy_lines, seen_words, sureness
from smtpwizard.wizard import changes, flow
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.runs import probe_run, probed, start
from smtpwizard.wizard.state import Step

RIVAL = 0.05
"""Confidence below which a cause is not worth leafing to."""
UNKNOWN = "What was seen fits nothing that is known here. The transcript on the checks page shows every word."


class TroubleScreen(Page):
    """A cause with its reasons and remedies; or the question, or the trial, that leads to it."""

    CSS_PATH = "screen.tcss"
    STEP = Step.TROUBLE
    HEADING = "What is wrong?"
    HELP = (
        "The cause stands on top, with what it means. Below it are the remedies: press a remedy's number, and the "
        "program does its part. After a change the checks run again by themselves.\n\n"
        "How it was found out shows the way there: each line is a question that was answered by what was seen. Where "
        "that was not enough you are asked, or another setting is tried without your password.\n\n"
        "n and p leaf through other possible causes. Escape takes back your last answer, or returns to the checks."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "test_again", "Test", id="test-again", tooltip="Run the checks again"),
        Binding("n", "leaf(1)", "Next", id="next-cause", tooltip="Show another possible cause"),
        Binding("p", "leaf(-1)", "Previous", id="previous-cause", show=False, tooltip="Show the cause before"),
        *(Binding(str(number), f"choose({number})", show=False) for number in range(1, 10)),
    ]
    found = getters.query_one("#found", VerticalScroll)
    way = getters.query_one("#way", VerticalScroll)
    diagnosis = Diagnosis()
    leaf = 0
    remedies: tuple[Remedy, ...] = ()
    timer: Timer | None = None
    seconds = 0

    def __init__(self) -> None:
        super().__init__()
        self._showing = asyncio.Lock()

    @property
    def report(self) -> Report:
        """The run in question."""
        report = self.progress.troubled
        if report is None:
            raise LookupError("there is no run to look into")
        return report

    def body(self) -> ComposeResult:
        with Horizontal(id="columns"):
            yield VerticalScroll(id="found", can_focus=False)
            yield VerticalScroll(id="way", can_focus=False)

    def on_mount(self) -> None:
        self.think()

    @work(exclusive=True, group="think", exit_on_error=False)
    async def think(self) -> None:
        """Diagnose, and run the probe that the way leads to."""
        knowledge = self.wizard.surroundings.knowledge
        while True:
            answers = self.progress.answers
            self.diagnosis = await asyncio.to_thread(diagnose, knowledge, self.report, answers)
            end = self.diagnosis.path.end if self.diagnosis.path is not None else None
            self.show()
            if not isinstance(end, Probe):
                return
            run = probe_run(self.progress, end)
            report = await follow(start(self.wizard.surroundings, run), self, lambda _: None)
            self.wizard.progress = changes.answered(self.progress, probed(run, end, report))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The causes worth leafing through."""
        first, *others = self.diagnosis.findings or (None,)
        return () if first is None else (first, *(other for other in others if other.confidence >= RIVAL))

    @work(group="show", exit_on_error=False)
    async def show(self) -> None:
        """Show what is known by now. Two at once would each mount what the other has mounted already."""
        async with self._showing:
            await self._show()

    async def _show(self) -> None:
        await self.found.remove_children()
        await self.way.remove_children()
        path = self.diagnosis.path
        end = path.end if path is not None else None
        self.remedies = ()
        match end:
            case Question():
                await self.found.mount(
                    PlainStatic(end.text, classes="cause"), PlainStatic(end.why, classes="quiet lead")
                )
                rows = [NumberedRow(number, PlainStatic(choice.label)) for number, choice in enumerate(end.choice, 1)]
                await self.found.mount(*rows)
            case Probe():
                await self.found.mount(
                    PlainStatic(probe_words(end, account_of(self.progress)), classes="cause"),
                    PlainStatic("Only to see what answers: your password is not sent.", classes="quiet"),
                )
            case _:
                await self._show_cause()
        await self.way.mount(*way_lines(path, self.report), *self._rivals())
        rows = [*self.found.query(NumberedRow)]
        if rows:
            rows[0].focus(scroll_visible=False)
        self.refresh_bindings()

    def _rivals(self) -> list[Widget]:
        if not self.remedies:
            return []
        causes = self.wizard.surroundings.knowledge.causes
        others = [finding for place, finding in enumerate(self.findings) if place != self.leaf]
        return rival_lines((causes[finding.cause].title, finding) for finding in others)

    async def _show_cause(self) -> None:
        if not self.findings:
            await self.found.mount(PlainStatic("Still unknown", classes="cause"), PlainStatic(UNKNOWN))
            return
        finding = self.findings[self.leaf % len(self.findings)]
        cause = self.wizard.surroundings.knowledge.causes[finding.cause]
        place = f", {self.leaf + 1} of {len(self.findings)}" if len(self.findings) > 1 else ""
        temporary = " It may pass by itself." if cause.temporary else ""
        account = account_of(self.progress)
        evidence = [item for _, item in self.report.evidence()]
        remedies = remedies_for(cause, self.diagnosis.provider, evidence, finding.remedies)
        self.remedies = tuple(fill(remedy, account, ITSELF) for remedy in remedies)[:9]
        sure = f"{sureness(finding.confidence, floor=finding.floor)}{place}"
        seen = Content.assemble(("Seen: ", "$quiet"), printable(seen_words(self.report, finding)))
        await self.found.mount(
            Static(Content.styled(f"✗ {cause.title}", "bold $error"), classes="title", markup=False),
            PlainStatic(sure, classes="quiet lead"),
            PlainStatic(cause.explanation + temporary),
            Static(seen, classes="seen", markup=False),
            PlainStatic("What to do", classes="section"),
            Static(id="waiting", markup=False),
            *(NumberedRow(number, *remedy_lines(remedy)) for number, remedy in enumerate(self.remedies, 1)),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return len(self.findings) > 1 and bool(self.remedies) if action == "leaf" else True

    def action_leaf(self, by: int) -> None:
        """Show another cause."""
        self.leaf = (self.leaf + by) % len(self.findings)
        self.show()

    @on(NumberedRow.Chosen)
    def choose_row(self, event: NumberedRow.Chosen) -> None:
        """Act on a row."""
        self.action_choose(event.number)

    def action_choose(self, number: int) -> None:
        """Answer, or act on a remedy."""
        path = self.diagnosis.path
        if path is not None and isinstance(path.end, Question):
            if number <= len(path.end.choice):
                answer = Answer(path.end.id, path.end.choice[number - 1].value)
                self.wizard.progress = changes.answered(self.progress, answer)
                # The question is gone; what comes instead is not known before it has been thought over.
                self.diagnosis = Diagnosis()
                self.leaf = 0
                self.think()
        elif number <= len(self.remedies):
            remedy = self.remedies[number - 1]
            action = changes.deed(remedy)
            if action is None:
                self.notify("This one is yours to do. r tests again when it is done.", markup=False)
            else:
                self._do(action, remedy)

    def _do(self, action: Action, remedy: Remedy) -> None:
        match action.kind:
            case "open-page":
                self.open(action.url or "")
            case "copy-command":
                self.app.copy_to_clipboard("\n".join(remedy.commands))
                self.notify("Copied. r tests again when it is done.", markup=False)
            case "wait":
                self._wait(60 * (action.minutes or 5))
            case _:
                self.wizard.go(changes.apply_action(self.progress, action))

    def _wait(self, seconds: int) -> None:
        if self.timer is not None:
            self.timer.stop()
        self.seconds = seconds
        self.timer = self.set_interval(1, self._tick)
        self._tick()

    def _tick(self) -> None:
        if self.seconds <= 0:
            self.action_test_again()
            return
        minutes, seconds = divmod(self.seconds, 60)
        text = Content.styled(f"◔ Testing again in {minutes}:{seconds:02}. r tests now.", "$warning")
        for waiting in self.query("#waiting").results(Static):
            waiting.update(text)
            waiting.add_class("-shown")
        self.seconds -= 1

    def action_test_again(self) -> None:
        """Back to the checks, which run again."""
        self.wizard.go(changes.apply_action(self.progress, Action("re-test")))

    def action_back(self) -> None:
        """Take back the last answer, or return to the run."""
        before = flow.back(self.progress)
        if before.step is self.STEP:
            self.wizard.progress = before
            self.think()
        else:
            self.wizard.go(before)
