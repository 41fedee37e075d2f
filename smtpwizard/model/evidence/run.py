"""What became of a check itself."""

from __future__ import annotations

from smtpwizard.model.evidence.base import Evidence


class Deadline(Evidence, frozen=True, tag="deadline"):
    """A check was stopped at its time limit."""

    limit_ms: float

    @property
    def fact(self) -> str:
        return "deadline"


class Crash(Evidence, frozen=True, tag="crash"):
    """A fault of this program."""

    error: str
    where: str


RunEvidence = Deadline | Crash
