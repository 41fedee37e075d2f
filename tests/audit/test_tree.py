from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smtpwizard.audit.tree import reachable
from smtpwizard.model.stage import Stage
from smtpwizard.model.tree import Branch, Case, Conclusion, StageTree
from tests.audit.small import clean, faults
from tests.knowledge.small import cause, sign, tree

RANKED = {"type": "conclusion", "id": "ranked"}


def branch(*cases: dict[str, Any], otherwise: str = "ranked", name: str = "start") -> dict[str, Any]:
    return {"type": "branch", "id": name, "title": "What?", "case": list(cases), "otherwise": otherwise}


def question(*choices: tuple[str, str]) -> dict[str, Any]:
    return {
        "type": "question",
        "id": "start",
        "text": "Which?",
        "why": "To know.",
        "choice": [{"value": value, "label": value.title(), "go": go} for value, go in choices],
    }


def probe(**changes: Any) -> dict[str, Any]:
    plain = {"type": "probe", "id": "start", "title": "It answers", "check": "connect.open"}
    return plain | {"passed": "@timeout", "failed": "ranked"} | changes


def found(folder: Path, *nodes: dict[str, Any], entry: str | None = None) -> list[tuple[str, str, str, str]]:
    """Rule, node, key and problem of every fault in a tree for the stage data."""
    entries = clean()
    entries["tree"]["data"] = tree(*nodes) | ({"entry": entry} if entry else {})
    everything = faults(folder, entries)
    assert {file for _, file, _, _, _ in everything} <= {"tree/data.toml"}
    return [(rule, node, key, problem) for rule, _, node, key, problem in everything]


def test_a_stage_without_a_tree(tmp_path: Path) -> None:
    entries = clean()
    del entries["tree"]["dns"]
    assert faults(tmp_path, entries) == [("entry", "tree/dns.toml", "", "", "is missing")]


def test_an_entry_that_is_no_node(tmp_path: Path) -> None:
    assert found(tmp_path, RANKED, entry="gone") == [
        ("entry", "", "entry", "there is no node 'gone'"),
        ("reach", "ranked", "", "no way leads here"),
    ]


@pytest.mark.parametrize(
    ("node", "key", "problem"),
    [
        (branch({"go": "gone", "when": {"code": [5]}}), "go", "there is no node 'gone'"),
        (branch({"go": "@gone", "when": {"code": [5]}}), "go", "there is no cause 'gone'"),
        (branch({"go": "ranked", "leads": ["gone"]}), "leads", "there is no cause 'gone'"),
        (branch({"go": "ranked", "close": ["timeout", "gone"]}), "close", "there is no cause 'gone'"),
        (question(("a", "ranked"), ("b", "gone")), "go", "there is no node 'gone'"),
        (probe(passed="@gone"), "go", "there is no cause 'gone'"),
    ],
)
def test_an_exit_that_dangles(tmp_path: Path, node: dict[str, Any], key: str, problem: str) -> None:
    assert found(tmp_path, node, RANKED) == [("exit", "start", key, problem)]


def test_a_conclusion_that_names_no_cause_there_is(tmp_path: Path) -> None:
    assert found(tmp_path, {**RANKED, "causes": ["timeout", "gone"]}) == [
        ("exit", "ranked", "causes", "there is no cause 'gone'")
    ]


def test_an_id_that_is_used_twice(tmp_path: Path) -> None:
    assert ("exit", "ranked", "id", "this id is used twice") in found(tmp_path, RANKED, RANKED)


def test_a_node_that_no_way_leads_to(tmp_path: Path) -> None:
    assert found(tmp_path, RANKED, {"type": "conclusion", "id": "island"}) == [
        ("reach", "island", "", "no way leads here")
    ]


def test_ways_that_come_back(tmp_path: Path) -> None:
    nodes = (
        branch({"go": "second", "when": {"code": [5]}}),
        branch({"go": "start", "when": {"code": [4]}}, name="second"),
        RANKED,
    )
    assert found(tmp_path, *nodes) == [
        ("loop", "second", "", "a way from here comes back here"),
        ("loop", "start", "", "a way from here comes back here"),
    ]


def test_a_cause_that_no_path_concludes(tmp_path: Path) -> None:
    entries = clean()
    entries["causes"]["lonely"] = cause(sign("552 mailbox full", text=["mailbox full"]), stage="data")
    entries["tree"]["data"] = tree({"type": "conclusion", "id": "named", "causes": ["timeout"]})
    assert faults(tmp_path, entries) == [
        ("conclusion", "causes/lonely.toml", "", "", "no path of stage data concludes it")
    ]


@pytest.mark.parametrize(
    ("cases", "problems"),
    [
        ([{"go": "@timeout"}], ["case 0 holds for everything"]),
        (
            [{"go": "@timeout", "when": {"code": [5]}}, {"go": "ranked", "when": {"code": [5]}}],
            ["case 1 is never reached"],
        ),
        (
            [{"go": "@timeout", "leads": ["timeout", "wrong-password"]}, {"go": "ranked", "leads": ["timeout"]}],
            ["case 1 is never reached"],
        ),
        (
            [
                {"go": "@timeout", "close": ["timeout", "wrong-password", "app-password"]},
                {"go": "ranked", "close": ["timeout", "app-password"]},
            ],
            ["case 1 is never reached"],
        ),
        (
            [
                {"go": "@timeout", "leads": ["timeout"]},
                {"go": "ranked", "leads": ["timeout"], "when": {"code": [5]}},
            ],
            ["case 1 is never reached"],
        ),
        (
            [{"go": "@timeout", "leads": ["timeout"]}, {"go": "ranked", "leads": ["timeout", "wrong-password"]}],
            [],
        ),
        (
            [
                {"go": "@timeout", "leads": ["timeout"], "when": {"code": [5]}},
                {"go": "ranked", "leads": ["timeout"]},
            ],
            [],
        ),
    ],
)
def test_a_case_that_an_earlier_one_shadows(tmp_path: Path, cases: list[dict[str, Any]], problems: list[str]) -> None:
    expected = [("shadow", "start", "case", problem) for problem in problems]
    assert found(tmp_path, branch(*cases), RANKED) == expected


def test_a_question_whose_answers_make_no_difference(tmp_path: Path) -> None:
    assert found(tmp_path, question(("a", "ranked"), ("b", "ranked")), RANKED) == [
        ("question", "start", "choice", "its answers make no difference")
    ]


def test_a_question_with_the_same_answer_twice(tmp_path: Path) -> None:
    assert found(tmp_path, question(("a", "ranked"), ("a", "@timeout")), RANKED) == [
        ("shadow", "start", "choice", "two answers have the same value")
    ]


def test_a_probe_of_a_check_that_does_not_exist(tmp_path: Path) -> None:
    assert found(tmp_path, probe(check="connect.nonsense"), RANKED) == [
        ("probe", "start", "check", "there is no check 'connect.nonsense'")
    ]


def test_a_probe_whose_outcome_makes_no_difference(tmp_path: Path) -> None:
    assert found(tmp_path, probe(passed="ranked"), RANKED) == [
        ("probe", "start", "", "its outcome makes no difference")
    ]


def test_reaching_stops_at_loops() -> None:
    nodes = (Branch("a", "t", (Case("b"),), "a"), Branch("b", "t", (), "c"), Conclusion("c"), Conclusion("d"))
    assert reachable(StageTree("a", nodes, Stage.AUTH)) == {"a", "b", "c"}
