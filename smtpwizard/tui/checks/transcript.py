"""What was said to the server, and what it said."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smtpwizard.model.event import Direction, TranscriptLine
from smtpwizard.model.report import TRANSCRIPT_LIMIT, Report
from smtpwizard.model.text import printable

MARKS = {Direction.SEND: "→", Direction.RECEIVE: "←"}
WIDEST = 4000
"""Columns that can be scrolled to."""


class Transcript(ScrollView, can_focus=True):
    """One line each, drawn only where it can be seen: a server that floods costs nothing but its own lines."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"transcript--send", "transcript--receive", "transcript--more"}
    report: reactive[Report] = reactive(Report(), repaint=False, init=False)

    def on_mount(self) -> None:
        self.border_title = "Transcript"

    def on_show(self) -> None:
        self.scroll_end(animate=False, x_axis=False)

    def watch_report(self, before: Report, report: Report) -> None:
        new = report.transcript[len(before.transcript) :] if len(report.transcript) >= len(before.transcript) else ()
        lines = new or report.transcript
        width = max((len(line.text) + 2 for line in lines), default=0)
        widest = max(width, self.virtual_size.width if new else 0)
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self.virtual_size = Size(min(widest, WIDEST), self._count)
        if at_end:
            self.scroll_end(animate=False, x_axis=False)
        self.refresh()

    @property
    def _count(self) -> int:
        return len(self.report.transcript) + (1 if self.report.transcript_dropped else 0)

    def render_line(self, y: int) -> Strip:
        x, top = self.scroll_offset
        width = self.scrollable_content_region.width
        place = y + top
        if place >= self._count:
            return Strip.blank(width, self.rich_style)
        if place >= len(self.report.transcript):
            more = f"… {self.report.transcript_dropped} more lines; {TRANSCRIPT_LIMIT} are kept"
            content = Content.styled(more, self.get_visual_style("transcript--more", partial=True))
        else:
            content = self._content(self.report.transcript[place])
        strips = Visual.to_strips(self, content, max(width + x, content.cell_length), 1, self.visual_style)
        return strips[0].crop_extend(x, x + width, self.rich_style)

    def _content(self, line: TranscriptLine) -> Content:
        # A style that is looked up once, instead of a theme's colour for each line of a flood.
        style = self.get_visual_style(f"transcript--{line.direction}", partial=True)
        return Content.assemble((f"{MARKS[line.direction]} ", style), printable(line.text))
