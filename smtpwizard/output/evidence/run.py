"""What became of a check itself, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.run import Crash, Deadline, RunEvidence


def describe(evidence: RunEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case Deadline():
            return f"stopped after {evidence.limit_ms / 1000:.0f} s"
        case Crash():
            return f"a fault of this program: {evidence.error} in {evidence.where}"
