"""What is told from outside a run, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.answers import Answer, AnswerEvidence, Probed, Wording


def describe(evidence: AnswerEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case Wording():
            return evidence.text
        case Answer():
            return f"answered {evidence.value}"
        case Probed():
            return f"tried {evidence.endpoint.host} port {evidence.endpoint.port} ({evidence.endpoint.security})"
