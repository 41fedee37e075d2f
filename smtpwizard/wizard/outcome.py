"""What the wizard hands back when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smtpwizard.model.stage import Status

if TYPE_CHECKING:
    from pathlib import Path

    from smtpwizard.wizard.state import Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far the person came."""

    verdict: Status | None = None
    """Of the last run of the checks; None where none was finished."""
    file: Path | None = None
    """What was written."""
    proven: bool = False
    """The server was tried with what that file says, and takes it."""


def outcome(progress: Progress) -> Outcome:
    """How far this is."""
    return Outcome(
        verdict=progress.report.verdict if progress.report is not None else None,
        file=progress.written,
        proven=progress.proven is not None and progress.proven.verdict in {Status.PASS, Status.WARN},
    )
