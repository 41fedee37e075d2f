"""What the signs leave open about a text goes to the causes that its words resemble."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from smtpwizard.knowledge.likeness import Likeness
from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage

OPEN_AT_LEAST: Final = 0.4
"""Confidence that the signs must leave open for it to be worth a look."""
SHARED_OUT: Final = 0.6
"""How much of that is given away: words alone are right in about this part of all cases."""
ALIKE: Final = 4
"""Causes that get some of it."""


def leave_open(findings: Sequence[Finding]) -> bool:
    """Whether a ranking by signs leaves enough open for likeness to be worth a look."""
    return 1.0 - sum(finding.confidence for finding in findings) >= OPEN_AT_LEAST


def filled_up(
    findings: Sequence[Finding], text: str, likeness: Likeness, stages: Mapping[str, Stage]
) -> tuple[Finding, ...]:
    """The ranking, with the causes that a normalised text resembles."""
    left = 1.0 - sum(finding.confidence for finding in findings)
    known = {finding.cause: finding for finding in findings}
    for cause, part, words in likeness.resembled(text, ALIKE):
        share = left * SHARED_OUT * part
        finding = known.get(cause) or Finding(cause, 0.0, tuple(f"the word “{word}”" for word in words), stages[cause])
        known[cause] = msgspec.structs.replace(finding, confidence=round(finding.confidence + share, 3))
    ranked = sorted(known.values(), key=lambda finding: (-finding.confidence, finding.cause))
    return tuple(finding for finding in ranked if finding.confidence > 0)
