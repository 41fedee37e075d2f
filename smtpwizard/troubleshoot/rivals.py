"""Names beside the likeliest cause those that often hide behind the same words, which only a live check tells apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage

SHARES: Final = (0.15, 0.08, 0.04)
"""What the rivals get, in turn, of the confidence that is left open."""
BELOW: Final = 0.9
"""A rival stays below this part of the likeliest cause's confidence."""


def with_rivals(
    findings: Sequence[Finding], rivals: Mapping[str, tuple[str, ...]], stages: Mapping[str, Stage]
) -> tuple[Finding, ...]:
    """The ranking, with the rivals of its first cause among the others; the first stays the first."""
    if not findings:
        return ()
    first = findings[0]
    left = max(0.0, 1.0 - sum(finding.confidence for finding in findings))
    known = {finding.cause: finding for finding in findings}
    for share, cause in zip(SHARES, rivals.get(first.cause, ()), strict=False):
        finding = known.get(cause) or Finding(cause, 0.0, (), stages[cause])
        before = finding.confidence
        confidence = round(max(before, min(before + left * share, first.confidence * BELOW)), 3)
        if confidence > before:
            known[cause] = Finding(cause, confidence, finding.because, finding.stage, False, finding.remedies)
    others = [finding for finding in known.values() if finding.cause != first.cause]
    return (first, *sorted(others, key=lambda finding: (-finding.confidence, finding.cause)))
