"""The way to a cause, and the causes beside it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from smtpwizard.model.cause import Finding
from smtpwizard.model.report import Report
from smtpwizard.model.tree import Path
from smtpwizard.output.evidence.every import fact_words
from smtpwizard.tui.hanging import Hanging
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.tui.trouble.words import sureness


def way_lines(path: Path | None, report: Report) -> list[Widget]:
    """Every node that was passed, with the fact that chose its exit."""
    evidence = [item for _, item in report.evidence()]
    lines: list[Widget] = []
    for step in path.steps if path is not None else ():
        if step.because:
            lines.append(PlainStatic(step.title, classes="quiet"))
            lines.append(Hanging("→", fact_words(step.because, evidence), style="$primary", classes="way-step"))
    return [PlainStatic("How it was found out", classes="section"), *lines] if lines else []


def rival_lines(titled: Iterable[tuple[str, Finding]]) -> list[Widget]:
    """Other causes, each with how sure it is."""
    lines: list[Widget] = [
        Hanging("·", Content.assemble(title, (f", {sureness(finding.confidence, floor=finding.floor)}", "$quiet")))
        for title, finding in titled
    ]
    return [PlainStatic("It may also be", classes="section"), *lines] if lines else []
