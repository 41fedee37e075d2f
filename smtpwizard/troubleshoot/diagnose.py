"""From a report to its causes and the path that explains them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.knowledge.phrase import normalise
from smtpwizard.model.cause import Finding
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.dialogue import ReplyReceived
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape
from smtpwizard.model.report import CheckResult, Report
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.tree import Conclusion, Path
from smtpwizard.troubleshoot.live import observe_evidence, observe_report
from smtpwizard.troubleshoot.observation import Observation, recognise_provider
from smtpwizard.troubleshoot.rank import rank
from smtpwizard.troubleshoot.walk import walk


class Diagnosis(msgspec.Struct, frozen=True):
    """What is wrong, as far as the evidence tells."""

    findings: tuple[Finding, ...] = ()
    path: Path | None = None
    """None where nothing failed."""
    provider: str | None = None
    """Whose server it is: the account's provider, or the one recognised."""


def diagnose(knowledge: Knowledge, report: Report, answers: Sequence[Answer | Probed] = ()) -> Diagnosis:
    """Rank the causes of what failed, and walk the tree as far as evidence and answers lead."""
    provider = _provider(report, knowledge)
    if not any(result.status in {Status.FAIL, Status.WARN} for result in report.checks):
        return Diagnosis()
    observations = [_generalised(seen, knowledge) for seen in observe_report(_as_it_explains(report), provider)]
    said = observe_evidence(answers, provider)
    stages = knowledge.stages
    findings = rank(knowledge.signs, [*observations, *said], stages)
    path = walk(knowledge.tree, failed_stage(report), [*observations, *said], findings, answers)
    if isinstance(path.end, Conclusion) and path.end.causes:
        findings = concluded(findings, path.end, path, stages)
    return Diagnosis(findings, path, provider)


def _as_it_explains(report: Report) -> Report:
    """The report without what explains no failure.

    That is: what is odd about a secret that nobody has refused, and each connection that failed beside one that came
    about, which `Families` sums up.
    """
    secret_matters = _secret_matters([result for result in report.checks if result.status is Status.FAIL])

    def explains(item: AnyEvidence) -> bool:
        if isinstance(item, SecretFlawed | SecretShape):
            return secret_matters
        return not isinstance(item, Connection)

    checks = tuple(
        result
        if result.status is Status.FAIL
        else msgspec.structs.replace(result, evidence=tuple(filter(explains, result.evidence)))
        for result in report.checks
    )
    return msgspec.structs.replace(report, checks=checks)


def _secret_matters(failed: Sequence[CheckResult]) -> bool:
    """Whether the log-in was refused for good, or nothing on the network failed at all."""
    if all(result.stage.order <= Stage.VAULT.order for result in failed):
        return True
    log_in = [item for result in failed if result.stage is Stage.AUTH for item in result.evidence]
    return any(isinstance(item, ReplyReceived) and item.code >= 500 for item in log_in)


def _generalised(seen: Observation, knowledge: Knowledge) -> Observation:
    """An observation that signs can know: OpenSSL's reasons are an open set, and new ones still fail a handshake."""
    fact = seen.fact or ""
    if fact.startswith("handshake:") and fact != "handshake:done" and fact not in knowledge.signs.by_fact:
        return msgspec.structs.replace(seen, fact="handshake:failed")
    return seen


def failed_stage(report: Report) -> Stage:
    """The stage of the first check that failed, or else warned."""
    for status in (Status.FAIL, Status.WARN):
        stages = [result.stage for result in report.checks if result.status is status]
        if stages:
            return min(stages, key=lambda stage: stage.order)
    return Stage.SETTINGS


def concluded(
    findings: tuple[Finding, ...], end: Conclusion, path: Path, stages: Mapping[str, Stage]
) -> tuple[Finding, ...]:
    """The ranking after a path that ended in named causes: those come first, in the conclusion's order."""
    known = {finding.cause: finding for finding in findings}
    strongest = findings[0].confidence if findings else 0.5
    reasons = tuple(step.because for step in path.steps if step.because)[-2:]
    first = []
    ceiling = 1.0
    for place, cause in enumerate(end.causes):
        if cause not in stages:
            continue
        base = known.get(cause, Finding(cause, 0.0, (), stages[cause]))
        ceiling = min(ceiling, max(base.confidence, round(max(strongest, 0.6) * 0.8**place, 3)))
        because = tuple(dict.fromkeys((*base.because, *reasons)))
        first.append(msgspec.structs.replace(base, confidence=ceiling, because=because, floor=False))
    rest = [finding for finding in findings if finding.cause not in end.causes]
    return (
        *first,
        *(
            msgspec.structs.replace(finding, confidence=min(finding.confidence, round(ceiling * 0.9, 3)))
            for finding in rest
        ),
    )


def _provider(report: Report, knowledge: Knowledge) -> str | None:
    """The account's provider; else the one its host belongs to, or the one whose words the server speaks."""
    account = report.account
    if account is None:
        return None
    if account.provider is not None:
        return account.provider
    host = account.host.casefold().rstrip(".")
    at_host = [
        (not endpoint.preferred, provider.rank, key)
        for key, provider in knowledge.providers.items()
        for endpoint in provider.endpoint
        if endpoint.host == host
    ]
    if at_host:
        return min(at_host)[2]
    said = [line for _, item in report.evidence() if isinstance(item, ReplyReceived) for line in item.lines]
    return recognise_provider(knowledge.signs, normalise(" ".join(said)))
