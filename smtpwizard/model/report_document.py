"""The JSON of a report: stable, versioned, and readable again."""

from __future__ import annotations

from typing import Literal

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.document import CauseDocument
from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.stage import Stage, Status


class CheckDocument(msgspec.Struct, frozen=True):
    """One check of a report."""

    id: str
    stage: Stage
    status: Status
    title: str
    summary: str
    start_ms: float
    duration_ms: float
    evidence: tuple[AnyEvidence, ...]


class LineDocument(msgspec.Struct, frozen=True):
    """One line of the transcript."""

    at_ms: float
    direction: Direction
    text: str


class ReportDocument(msgspec.Struct, frozen=True):
    """What `check --json` prints."""

    version: str
    account: Account
    verdict: Status
    started: str
    duration_ms: float
    checks: tuple[CheckDocument, ...]
    causes: tuple[CauseDocument, ...]
    transcript: tuple[LineDocument, ...]
    profile: str | msgspec.UnsetType = msgspec.UNSET
    """Name of the saved account that was tested; left out where it was none."""
    schema: Literal["smtpwizard.report/1"] = "smtpwizard.report/1"
