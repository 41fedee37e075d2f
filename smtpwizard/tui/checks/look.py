"""How the outcome of a check looks: always a glyph and a word, and a colour besides."""

from __future__ import annotations

from typing import Final

from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.stage import Status
from smtpwizard.output.words import GLYPHS, STATUS_WORDS

COLOURS: Final = {
    Status.PASS: "$success",
    Status.WARN: "$warning",
    Status.FAIL: "$error",
    Status.SKIP: "$quiet",
    Status.ERROR: "$accent",
}


def look(result: CheckResult) -> tuple[str, str, str]:
    """Glyph, word and colour."""
    if result.status is not None:
        return GLYPHS[result.status], STATUS_WORDS[result.status], COLOURS[result.status]
    if result.running:
        return ("◔", "slow", "$warning") if result.slow else ("◔", "running", "$primary")
    return "○", "waiting", "$quiet"


def took(result: CheckResult) -> str:
    """How long it took."""
    if result.status in {None, Status.SKIP}:
        return ""
    if result.duration_ms < 1:
        return "<1 ms"
    return f"{result.duration_ms:.0f} ms" if result.duration_ms < 1000 else f"{result.duration_ms / 1000:.1f} s"


def telling(report: Report) -> CheckResult | None:
    """The check that failed first, else the one that came last."""
    ended = [result for result in report.checks if result.status not in {None, Status.SKIP}]
    bad = [result for result in ended if result.status in {Status.FAIL, Status.ERROR}]
    return next(iter(bad), ended[-1] if ended else None)
