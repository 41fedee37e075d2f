"""Walks the decision tree: the path is the explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from smtpwizard.knowledge.phrase import compile_phrase
from smtpwizard.model.cause import Finding, When
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.tree import Branch, Case, Conclusion, Node, Path, PathStep, Probe, Question, StageTree
from smtpwizard.troubleshoot.observation import Observation

CLOSE: Final = 0.6
"""A cause is about as likely as the first one when its confidence is at least this part of the first's."""

STILL_UNKNOWN: Final = "still-unknown"


def walk(
    tree: Mapping[Stage, StageTree],
    stage: Stage,
    observations: Sequence[Observation],
    findings: Sequence[Finding],
    evidence: Sequence[AnyEvidence],
) -> Path:
    """The way from the entry of a stage to a question, a probe or a conclusion.

    It is pure and total: equal evidence gives an equal path, in whatever order it came, and there is always an end.
    `evidence` holds the answers and probe results so far; anything else in it is ignored.
    """
    answers = {item.question: item.value for item in evidence if isinstance(item, Answer)}
    probes = {item.node: item for item in evidence if isinstance(item, Probed)}
    stage_tree = tree.get(stage)
    if stage_tree is None:
        return Path((), Conclusion(STILL_UNKNOWN), stage)
    nodes = {node.id: node for node in stage_tree.node}
    steps: list[PathStep] = []
    visited: set[str] = set()
    go = stage_tree.entry
    while True:
        node = node_at(nodes, go)
        if node is None or node.id in visited:
            end = Conclusion(STILL_UNKNOWN)
            return Path((*steps, PathStep(end.id, "", "")), end, stage)
        visited.add(node.id)
        exit_ = _exit(node, observations, findings, answers, probes)
        if exit_ is None:
            return Path((*steps, PathStep(node.id, node_title(node), "")), node, stage)
        go, because = exit_
        steps.append(PathStep(node.id, node_title(node), because))


def node_at(nodes: Mapping[str, Node], go: str) -> Node | None:
    """The node an exit leads to. `@cause` is the conclusion of that one cause."""
    if go.startswith("@"):
        return Conclusion(go, (go[1:],))
    return nodes.get(go)


def node_title(node: Node) -> str:
    """What a node asks, in words."""
    match node:
        case Branch() | Probe():
            return node.title
        case Question():
            return node.text
        case Conclusion():
            return ""


def _exit(
    node: Node,
    observations: Sequence[Observation],
    findings: Sequence[Finding],
    answers: Mapping[str, str],
    probes: Mapping[str, Probed],
) -> tuple[str, str] | None:
    match node:
        case Branch():
            for case in node.case:
                because = _opens(case, observations, findings)
                if because is not None:
                    return case.go, because
            return node.otherwise, "nothing of the above was seen"
        case Question():
            for choice in node.choice:
                if answers.get(node.id) == choice.value:
                    return choice.go, choice.label
            return None
        case Probe():
            result = probes.get(node.id)
            if result is None:
                return None
            passed = result.status in {Status.PASS, Status.WARN}
            where = f"{result.endpoint.host} port {result.endpoint.port} ({result.endpoint.security})"
            return (node.passed, f"it worked on {where}") if passed else (node.failed, f"it failed on {where}")
        case Conclusion():
            return None


def _opens(case: Case, observations: Sequence[Observation], findings: Sequence[Finding]) -> str | None:
    """The fact that opens a case, or None where it stays shut."""
    reasons: list[str] = []
    if case.leads:
        if not findings or findings[0].cause not in case.leads:
            return None
        reasons.extend(findings[0].because[:1])
    if case.close:
        front = [
            finding
            for finding in findings
            if finding.confidence >= CLOSE * findings[0].confidence and finding.cause in case.close
        ]
        if len(front) < 2:
            return None
        reasons.extend(reason for finding in front for reason in finding.because[:1])
    if case.when != When():
        seen = [o.fact or o.shown or o.provider or o.check or "" for o in observations if holds(case.when, o)]
        if not seen:
            return None
        reasons.append(min(seen))
    return ", ".join(dict.fromkeys(filter(None, reasons)))


def holds(when: When, seen: Observation) -> bool:
    """Whether every key of a condition holds for an observation."""
    return (
        (not when.stage or seen.stage in when.stage)
        and (not when.code or any(code in when.code or code // 100 in when.code for code in seen.codes))
        and (not when.enhanced or any(s in when.enhanced or f"X{s[1:]}" in when.enhanced for s in seen.enhanced))
        and (not when.provider or seen.provider in when.provider)
        and (not when.tool or bool(set(when.tool) & set(seen.tools)))
        and (not when.errno or seen.errno in when.errno)
        and (not when.fact or seen.fact in when.fact)
        and (not when.check or seen.check in when.check)
        and (not when.status or seen.status in when.status)
        and (not when.port or seen.port in when.port)
        and (not when.security or seen.security in when.security)
        and (not when.family or seen.family in when.family)
        and (not when.text or any(compile_phrase(phrase).search(seen.text) for phrase in when.text))
    )
