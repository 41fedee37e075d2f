"""What happens during a run, as it happens."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.stage import Stage, Status


class Direction(StrEnum):
    """Which side said a line of the transcript."""

    SEND = "send"
    RECEIVE = "receive"


class PlannedCheck(msgspec.Struct, frozen=True):
    """A check that is part of a run."""

    id: str
    stage: Stage
    title: str


class Event(msgspec.Struct, frozen=True, tag_field="event"):
    """One event. Times are milliseconds since the start of the run."""


class RunStarted(Event, frozen=True, tag="run_started"):
    """The plan is made."""

    account: Account
    started: str
    """RFC 3339, UTC."""
    plan: tuple[PlannedCheck, ...]


class CheckStarted(Event, frozen=True, tag="check_started"):
    """A check has begun."""

    id: str
    at_ms: float


class EvidenceRecorded(Event, frozen=True, tag="evidence"):
    """A check saw a fact."""

    id: str
    at_ms: float
    evidence: AnyEvidence


class TranscriptLine(Event, frozen=True, tag="transcript"):
    """A line of the session, printable and without credentials."""

    at_ms: float
    direction: Direction
    text: str


class CheckSlow(Event, frozen=True, tag="check_slow"):
    """A check takes long, and is still at it."""

    id: str
    at_ms: float
    limit_ms: float


class CheckFinished(Event, frozen=True, tag="check_finished"):
    """A check has come to an end, or was left out."""

    id: str
    at_ms: float
    status: Status
    duration_ms: float
    because: str | None = None
    """Id of the check whose outcome made this one skip."""


class RunFinished(Event, frozen=True, tag="run_finished"):
    """Nothing of the run is still going on."""

    at_ms: float
    verdict: Status


AnyEvent = RunStarted | CheckStarted | EvidenceRecorded | TranscriptLine | CheckSlow | CheckFinished | RunFinished
"""Every event, for decoding."""
