"""A check in one line."""

from __future__ import annotations

from smtpwizard.model.evidence.connect import Families, HostingHint, Ports
from smtpwizard.model.evidence.dialogue import AuthAttempt, Capabilities, ReplyReceived
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.names import AddressGiven, NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.settings import SettingFlaw
from smtpwizard.model.report import CheckResult
from smtpwizard.model.stage import Status
from smtpwizard.output.evidence.every import describe


def summary(result: CheckResult) -> str:
    """One line on what a check saw: the fact that decided it, as far as one did."""
    if result.status is Status.SKIP:
        return f"not tried, because {result.because} did not pass" if result.because else "not tried"
    if not result.evidence:
        return "running" if result.running else ""
    return "; ".join(dict.fromkeys(filter(None, map(describe, _telling(result)))))


def _telling(result: CheckResult) -> list[AnyEvidence]:
    """The facts worth a line."""
    evidence = list(result.evidence)
    if result.id == "dns.address":
        return _resolutions(evidence)
    if result.id == "connect.ports":
        return [item for item in evidence if isinstance(item, Ports | HostingHint)]
    if result.id == "connect.every":
        return [item for item in evidence if isinstance(item, Families)] or evidence
    if result.stage == "auth":
        replies = [item for item in evidence if isinstance(item, ReplyReceived)]
        attempts = [item for item in evidence if isinstance(item, AuthAttempt)]
        return [*replies[-1:], *(a for a in attempts if a.outcome != "refused" or a.detail)] or evidence
    if result.stage == "ehlo":
        return [item for item in evidence if isinstance(item, Capabilities)] or evidence
    if result.stage == "data":
        return evidence[-1:]
    return evidence


def _resolutions(evidence: list[AnyEvidence]) -> list[AnyEvidence]:
    given = [item for item in evidence if isinstance(item, AddressGiven)]
    answers = [item for item in evidence if isinstance(item, Resolution)]
    good = [item for item in answers if item.outcome == "answer"]
    bad = [item for item in answers if item.outcome not in {"answer", "no-data"}]
    differ = [item for item in evidence if isinstance(item, NamesDiffer)]
    if given or differ:
        return [*given, *differ]
    if good:
        return [*good, *bad]
    system = [item for item in evidence if isinstance(item, SystemResolution) and item.addresses]
    slips = [item for item in evidence if isinstance(item, SettingFlaw)]
    return [*(system or bad or answers), *slips]
