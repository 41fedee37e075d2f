"""What was said to the server, and what it said."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smtpwizard.model.event import Direction, TranscriptLine
from smtpwizard.model.report import TRANSCRIPT_LIMIT, Report
from smtpwizard.model.text import printable

MARKS = {Direction.SEND: ("→", "$primary"), Direction.RECEIVE: ("←", "$success")}


class Transcript(ScrollView, can_focus=True):
    """One line each, drawn only where it can be seen: a server that floods costs nothing but its own lines."""

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
        self.virtual_size = Size(min(widest, 4000), self._count)
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
            content = Content.styled(
                f"… {self.report.transcript_dropped} more lines; {TRANSCRIPT_LIMIT} are kept", "$quiet"
            )
        else:
            content = line_content(self.report.transcript[place])
        strips = Visual.to_strips(self, content, max(width + x, content.cell_length), 1, self.visual_style)
        return strips[0].crop_extend(x, x + width, self.rich_style)


def line_content(line: TranscriptLine) -> Content:
    """One line with its direction."""
    mark, colour = MARKS[line.direction]
    return Content.assemble((f"{mark} ", colour), printable(line.text))
