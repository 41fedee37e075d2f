"""What the checks of a run saw, as observations."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from smtpwizard.knowledge.phrase import normalise
from smtpwizard.model.evidence.answers import Wording
from smtpwizard.model.evidence.connect import Control
from smtpwizard.model.evidence.dialogue import Disconnected, ReplyReceived
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretShape
from smtpwizard.model.evidence.tls import Handshake
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.troubleshoot.observation import Observation


def observe_report(report: Report, provider: str | None) -> list[Observation]:
    """What the checks that failed, warned or were stopped saw. A check that passed gives nothing away."""
    seen: list[Observation] = []
    for result in report.checks:
        if result.status not in {Status.FAIL, Status.WARN}:
            # The shape of the secret also speaks when it is right: then it is the right kind, and not its content. So
            # does the web that answers where no mail port does.
            seen.extend(
                Observation(stage=result.stage, provider=provider, fact=item.fact)
                for item in result.evidence
                if isinstance(item, SecretShape | Control)
            )
            continue
        base = Observation(stage=result.stage, provider=provider, check=result.id, status=result.status)
        seen.append(base)
        seen.extend(
            _observe(evidence, base)
            for evidence in result.evidence
            if not (isinstance(evidence, ReplyReceived) and (evidence.code < 400 or evidence.command == "*"))
        )
    return seen


def observe_evidence(evidence: Iterable[AnyEvidence], provider: str | None) -> list[Observation]:
    """Facts that stand for themselves, such as the answers of a person."""
    return [_observe(item, Observation(provider=provider)) for item in evidence]


def _observe(evidence: AnyEvidence, base: Observation) -> Observation:
    changes: dict[str, object] = {"fact": evidence.fact}
    if evidence.at_stage is not None:
        changes["stage"] = evidence.at_stage
    match evidence:
        case ReplyReceived():
            text = " ".join(evidence.lines)
            changes |= {
                "codes": (evidence.code,),
                "enhanced": (evidence.enhanced,) if evidence.enhanced else (),
                "text": normalise(text),
                "shown": str(evidence.reply),
            }
        case Wording():
            changes |= {"text": normalise(evidence.text), "shown": evidence.text, "errno": evidence.errno}
        case Disconnected() | Handshake():
            changes |= {
                "text": normalise(evidence.detail or ""),
                "shown": evidence.detail or "",
                "errno": getattr(evidence, "errno", None),
            }
        case _:
            changes["errno"] = getattr(evidence, "errno", None)
    return msgspec.structs.replace(base, **changes)
