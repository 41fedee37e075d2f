"""The checks of a run, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.text import printable
from smtpwizard.output.summary import summary
from smtpwizard.tui.checks.look import look, took

STATUS = 10
TITLE = 41
TIME = 7


class CheckRow(Widget, can_focus=True):
    """One check: glyph, word, title, time, and the fact in brief, which gets a line of its own where there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,d", "details", "Details", show=False),
    ]
    result: reactive[CheckResult | None] = reactive(None)

    @dataclass
    class Opened(Message):
        """The details of a check are wanted."""

        result: CheckResult

    def __init__(self, result: CheckResult) -> None:
        super().__init__()
        self.set_reactive(CheckRow.result, result)

    def render(self) -> RenderResult:
        result = self.result
        if result is None:
            return ""
        width = self.content_size.width
        glyph, word, colour = look(result)
        waiting = result.status is None and not result.running
        column = min(TITLE, width - STATUS - TIME)
        title = Content(result.title).truncate(max(1, column - 1), ellipsis=True, pad=True)
        head = Content.assemble(
            (f"{glyph} {word:<{STATUS - 2}}", colour),
            (title.plain, "$quiet" if waiting else "$foreground"),
            (f"{took(result):>{TIME}}", "$quiet"),
        )
        fact = Content.styled(printable(summary(result)) if result.status is not None else _patience(result), "$quiet")
        if self.size.height > 1:
            return Content("\n").join([head, Content.assemble(" " * STATUS, fact).truncate(width, ellipsis=True)])
        rest = width - head.cell_length - 2
        return Content.assemble(head, "  ", fact.truncate(rest, ellipsis=True)) if rest > 8 else head

    def action_details(self) -> None:
        """Ask for the details."""
        if self.result is not None:
            self.post_message(self.Opened(self.result))

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_details()


def _patience(result: CheckResult) -> str:
    return "no answer yet; it is still waiting" if result.slow and result.running else ""


class CheckList(VerticalScroll, can_focus=False):
    """Rows are mounted once, from the plan; then only those change whose check did."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "app.focus_next", show=False),
        Binding("up,k", "app.focus_previous", show=False),
    ]
    report: reactive[Report] = reactive(Report(), init=False)

    def on_resize(self) -> None:
        self._spread()

    @on(CheckRow.Opened)
    def open_details(self, event: CheckRow.Opened) -> None:
        """Show everything that a check saw."""
        from smtpwizard.tui.checks.detail import DetailScreen

        self.app.push_screen(DetailScreen(event.result))

    def _spread(self) -> None:
        self.set_class(self.size.height >= 2 * len(self.report.checks), "-roomy")

    def watch_report(self, report: Report) -> None:
        self._spread()
        rows = {row.result.id: row for row in self.query(CheckRow) if row.result is not None}
        if list(rows) != [result.id for result in report.checks]:
            self.remove_children()
            self.mount_all(CheckRow(result) for result in report.checks)
            return
        for result in report.checks:
            row = rows[result.id]
            if row.result is not result:
                row.result = result
                if result.running and not isinstance(self.screen.focused, CheckRow):
                    row.scroll_visible(animate=False)
