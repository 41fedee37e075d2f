"""The state of a run: a fold over its events that every view reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Self, assert_never

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckSlow,
    CheckStarted,
    EvidenceRecorded,
    RunFinished,
    RunStarted,
    TranscriptLine,
)
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.stage import Stage, Status

TRANSCRIPT_LIMIT = 2000
"""Lines of the transcript that a report keeps: the first ones, because the beginning of a session explains it."""


class CheckResult(msgspec.Struct, frozen=True):
    """What is known of one check so far."""

    id: str
    stage: Stage
    title: str
    status: Status | None = None
    """None until it has ended."""
    start_ms: float | None = None
    """None until it has begun."""
    duration_ms: float = 0.0
    slow: bool = False
    because: str | None = None
    evidence: tuple[AnyEvidence, ...] = ()

    @property
    def running(self) -> bool:
        """Begun and not ended."""
        return self.start_ms is not None and self.status is None


class Report(msgspec.Struct, frozen=True):
    """A run, from its plan to its verdict."""

    account: Account | None = None
    started: str = ""
    checks: tuple[CheckResult, ...] = ()
    transcript: tuple[TranscriptLine, ...] = ()
    transcript_dropped: int = 0
    verdict: Status | None = None
    """None while the run goes on."""
    duration_ms: float = 0.0

    def apply(self, event: AnyEvent) -> Self:
        """The report after one more event."""
        match event:
            case RunStarted():
                return type(self)(
                    account=event.account,
                    started=event.started,
                    checks=tuple(CheckResult(plan.id, plan.stage, plan.title) for plan in event.plan),
                )
            case CheckStarted():
                return self._with_check(event.id, start_ms=event.at_ms)
            case EvidenceRecorded():
                seen = self.check(event.id).evidence
                return self._with_check(event.id, evidence=(*seen, event.evidence))
            case TranscriptLine():
                if len(self.transcript) >= TRANSCRIPT_LIMIT:
                    return msgspec.structs.replace(self, transcript_dropped=self.transcript_dropped + 1)
                return msgspec.structs.replace(self, transcript=(*self.transcript, event))
            case CheckSlow():
                return self._with_check(event.id, slow=True)
            case CheckFinished():
                began = self.check(event.id).start_ms
                return self._with_check(
                    event.id,
                    status=event.status,
                    duration_ms=event.duration_ms,
                    because=event.because,
                    start_ms=event.at_ms if began is None else began,
                )
            case RunFinished():
                return msgspec.structs.replace(self, verdict=event.verdict, duration_ms=event.at_ms)
        assert_never(event)

    def apply_all(self, events: Iterable[AnyEvent]) -> Report:
        """The report after several events, oldest first."""
        return reduce(Report.apply, events, self)

    def check(self, check_id: str) -> CheckResult:
        """The result of one check.

        Raises:
            KeyError: it is not part of the run.
        """
        for result in self.checks:
            if result.id == check_id:
                return result
        raise KeyError(check_id)

    def evidence(self) -> Iterator[tuple[CheckResult, AnyEvidence]]:
        """Every fact with the check that saw it, in plan order."""
        for result in self.checks:
            for evidence in result.evidence:
                yield result, evidence

    def _with_check(self, check_id: str, **changes: object) -> Self:
        return msgspec.structs.replace(
            self,
            checks=tuple(
                msgspec.structs.replace(result, **changes) if result.id == check_id else result
                for result in self.checks
            ),
        )
