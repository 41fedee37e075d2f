"""Rules for the decision tree."""

from __future__ import annotations

from collections.abc import Iterator

from smtpwizard.audit.fault import Audited, fault
from smtpwizard.model.cause import When
from smtpwizard.model.document import FaultDocument
from smtpwizard.model.stage import Stage
from smtpwizard.model.tree import Branch, Case, Conclusion, Node, Probe, Question, StageTree


def every_stage_has_an_entry(audited: Audited) -> Iterator[FaultDocument]:
    """Each stage has a tree whose entry exists."""
    for stage in Stage:
        tree = audited.knowledge.tree.get(stage)
        if tree is None:
            yield fault("entry", f"tree/{stage}.toml", "", "is missing")
        elif tree.entry not in {node.id for node in tree.node}:
            yield fault("entry", f"tree/{stage}.toml", "", f"there is no node {tree.entry!r}", "entry")


def exits_lead_somewhere(audited: Audited) -> Iterator[FaultDocument]:
    """No exit dangles, and every id is used once."""
    causes = audited.knowledge.causes
    for stage, tree in audited.knowledge.tree.items():
        ids = [node.id for node in tree.node]
        for node_id in sorted({node_id for node_id in ids if ids.count(node_id) > 1}):
            yield fault("exit", f"tree/{stage}.toml", node_id, "this id is used twice", "id")
        for node in tree.node:
            for go in exits(node):
                if go.startswith("@"):
                    if go[1:] not in causes:
                        yield fault("exit", f"tree/{stage}.toml", node.id, f"there is no cause {go[1:]!r}", "go")
                elif go not in ids:
                    yield fault("exit", f"tree/{stage}.toml", node.id, f"there is no node {go!r}", "go")
            for key, named in _named_causes(node):
                for cause in sorted(set(named) - causes.keys()):
                    yield fault("exit", f"tree/{stage}.toml", node.id, f"there is no cause {cause!r}", key)


def nodes_are_reached_without_loops(audited: Audited) -> Iterator[FaultDocument]:
    """Every node is on some way from the entry, and no way comes back to a node."""
    for stage, tree in audited.knowledge.tree.items():
        nodes = {node.id: node for node in tree.node}
        for node_id in sorted(nodes.keys() - reachable(tree)):
            yield fault("reach", f"tree/{stage}.toml", node_id, "no way leads here")
        for node_id in sorted(_looping(tree)):
            yield fault("loop", f"tree/{stage}.toml", node_id, "a way from here comes back here")


def every_cause_is_concluded(audited: Audited) -> Iterator[FaultDocument]:
    """Each cause is the end of some path: named by a conclusion, or ranked by one of its own stage."""
    named: set[str] = set()
    ranking: set[Stage] = set()
    for stage, tree in audited.knowledge.tree.items():
        reached = reachable(tree)
        for node in tree.node:
            if node.id not in reached:
                continue
            named |= {go[1:] for go in exits(node) if go.startswith("@")}
            if isinstance(node, Conclusion):
                named |= set(node.causes)
                if not node.causes:
                    ranking.add(stage)
    for cause in audited.knowledge.causes.values():
        if cause.id not in named and cause.stage not in ranking:
            yield fault("conclusion", f"causes/{cause.id}.toml", "", f"no path of stage {cause.stage} concludes it")


def branches_and_questions_decide(audited: Audited) -> Iterator[FaultDocument]:
    """No case is shadowed by an earlier one, and no question is asked whose answers make no difference."""
    for stage, tree in audited.knowledge.tree.items():
        file = f"tree/{stage}.toml"
        for node in tree.node:
            if isinstance(node, Branch):
                for number, case in enumerate(node.case):
                    if _is_empty(case):
                        yield fault("shadow", file, node.id, f"case {number} holds for everything", "case")
                    for earlier in node.case[:number]:
                        if _covers(earlier, case):
                            yield fault("shadow", file, node.id, f"case {number} is never reached", "case")
            elif isinstance(node, Question):
                if len({choice.go for choice in node.choice}) < 2:
                    yield fault("question", file, node.id, "its answers make no difference", "choice")
                if len({choice.value for choice in node.choice}) < len(node.choice):
                    yield fault("shadow", file, node.id, "two answers have the same value", "choice")
            elif isinstance(node, Probe):
                known = {check.id for check in audited.checks}
                if node.check not in known:
                    yield fault("probe", file, node.id, f"there is no check {node.check!r}", "check")
                if node.passed == node.failed:
                    yield fault("probe", file, node.id, "its outcome makes no difference")


def _named_causes(node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    match node:
        case Conclusion():
            yield "causes", node.causes
        case Branch():
            for case in node.case:
                yield "leads", case.leads
                yield "close", case.close


def exits(node: Node) -> tuple[str, ...]:
    """Where a node can lead."""
    match node:
        case Branch():
            return (*(case.go for case in node.case), node.otherwise)
        case Question():
            return tuple(choice.go for choice in node.choice)
        case Probe():
            return (node.passed, node.failed)
        case Conclusion():
            return ()


def reachable(tree: StageTree) -> set[str]:
    """Ids of the nodes on some way from the entry."""
    nodes = {node.id: node for node in tree.node}
    seen: set[str] = set()
    waiting = [tree.entry]
    while waiting:
        node_id = waiting.pop()
        if node_id in nodes and node_id not in seen:
            seen.add(node_id)
            waiting.extend(exits(nodes[node_id]))
    return seen


def _looping(tree: StageTree) -> set[str]:
    nodes = {node.id: node for node in tree.node}
    looping: set[str] = set()
    for start in nodes:
        waiting = list(exits(nodes[start]))
        seen: set[str] = set()
        while waiting:
            node_id = waiting.pop()
            if node_id == start:
                looping.add(start)
                break
            if node_id in nodes and node_id not in seen:
                seen.add(node_id)
                waiting.extend(exits(nodes[node_id]))
    return looping


def _is_empty(case: Case) -> bool:
    return case.when == When() and not case.leads and not case.close


def _covers(earlier: Case, later: Case) -> bool:
    """Whether a case opens wherever a later one would."""
    return (
        (earlier.when in (When(), later.when))
        and (not earlier.leads or (bool(later.leads) and set(later.leads) <= set(earlier.leads)))
        and (not earlier.close or (bool(later.close) and set(later.close) <= set(earlier.close)))
    )
