from __future__ import annotations

import random
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.cause import Finding, When
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.tree import Branch, Case, Choice, Conclusion, Node, Path, Probe, Question, StageTree
from smtpwizard.troubleshoot.live import observe_evidence
from smtpwizard.troubleshoot.observation import Observation
from smtpwizard.troubleshoot.rank import rank
from smtpwizard.troubleshoot.walk import STILL_UNKNOWN, holds, walk
from tests.bench.questions import most_questions, of_examples
from tests.knowledge.small import phrases_of

TLS_PORT = Endpoint("smtp.example.com", 465, Security.TLS)
NODES = (
    Branch(
        "start",
        "What was seen?",
        (
            Case("@expired", When(fact=("tls:expired",))),
            Case("which", close=("one", "two")),
            Case("other-port", When(fact=("connect:timeout",))),
            Case("named", leads=("three",)),
        ),
        "ranked",
    ),
    Question(
        "which", "Which one is it?", (Choice("1", "The first", "@one"), Choice("2", "The second", "other-port")), "why"
    ),
    Probe("other-port", "The other port answers", "connect.open", "@blocked", "named", 465, Security.TLS),
    Conclusion("named", ("three", "two")),
    Conclusion("ranked"),
)
TREE: Mapping[Stage, StageTree] = {Stage.CONNECT: StageTree("start", NODES, Stage.CONNECT)}


def finding(cause: str, confidence: float) -> Finding:
    return Finding(cause, confidence, (f"saw {cause}",), Stage.CONNECT)


CLOSE = [finding("one", 0.5), finding("two", 0.4), finding("three", 0.1)]


def way(
    seen: list[Observation] | None = None,
    findings: list[Finding] | None = None,
    said: list[AnyEvidence] | None = None,
    tree: Mapping[Stage, StageTree] = TREE,
) -> Path:
    return walk(tree, Stage.CONNECT, seen or [], findings or [], said or [])


def probed(status: Status) -> Probed:
    return Probed("other-port", TLS_PORT, status, ())


def test_evidence_opens_a_case_and_is_named_as_the_reason() -> None:
    path = way([Observation(fact="tls:expired")])
    assert path.end == Conclusion("@expired", ("expired",))
    assert [(step.node, step.title, step.because) for step in path.steps] == [
        ("start", "What was seen?", "tls:expired"),
        ("@expired", "", ""),
    ]


def test_without_evidence_the_way_leads_to_what_the_engine_ranks() -> None:
    path = way()
    assert path.end == Conclusion("ranked")
    assert path.steps[0].because


def test_a_leading_cause_opens_a_case_only_where_it_is_first() -> None:
    assert way(findings=[finding("three", 0.9)]).end.id == "named"
    assert way(findings=[finding("four", 0.9), finding("three", 0.1)]).end.id == "ranked"


def test_a_question_is_asked_where_two_causes_are_about_as_likely() -> None:
    path = way(findings=CLOSE)
    assert path.end.id == "which"
    assert path.steps[0].because == "saw one, saw two"


def test_no_question_is_asked_where_one_cause_is_far_ahead() -> None:
    assert way(findings=[finding("one", 0.8), finding("two", 0.2)]).end.id == "ranked"


def test_an_answer_moves_on_and_a_probe_follows() -> None:
    assert way(findings=CLOSE, said=[Answer("which", "1")]).end.id == "@one"
    path = way(findings=CLOSE, said=[Answer("which", "2")])
    assert path.end.id == "other-port"
    assert [step.because for step in path.steps] == ["saw one, saw two", "The second", ""]


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (Status.PASS, "@blocked"),
        (Status.WARN, "@blocked"),
        (Status.FAIL, "named"),
        (Status.SKIP, "named"),
        (Status.ERROR, "named"),
    ],
)
def test_what_a_probe_saw_moves_on(status: Status, end: str) -> None:
    path = way([Observation(fact="connect:timeout")], said=[probed(status)])
    assert path.end.id == end
    assert "smtp.example.com port 465" in path.steps[1].because


def test_dropping_the_last_answer_goes_back_one_step() -> None:
    said: list[AnyEvidence] = [Answer("which", "2"), probed(Status.PASS)]
    ends = [way(findings=CLOSE, said=said[:count]).end.id for count in (2, 1, 0)]
    assert ends == ["@blocked", "other-port", "which"]


def test_answers_to_other_questions_and_unknown_answers_change_nothing() -> None:
    assert way(findings=CLOSE, said=[Answer("elsewhere", "1"), Answer("which", "3")]).end.id == "which"


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {Stage.CONNECT: StageTree("nowhere", NODES)},
        {Stage.CONNECT: StageTree("a", (Branch("a", "t", (), "b"), Branch("b", "t", (), "a")))},
        {Stage.CONNECT: StageTree("a", (Branch("a", "t", (), "a"),))},
        {Stage.CONNECT: StageTree("a", (Branch("a", "t", (), "gone"),))},
    ],
)
def test_a_broken_tree_still_ends_in_a_conclusion(tree: Mapping[Stage, StageTree]) -> None:
    assert way(tree=tree).end == Conclusion(STILL_UNKNOWN)


@pytest.mark.parametrize(
    ("when", "seen", "expected"),
    [
        (When(), Observation(), True),
        (When(code=(5,)), Observation(codes=(535,)), True),
        (When(code=(535,)), Observation(codes=(550, 535)), True),
        (When(code=(535,)), Observation(codes=(550,)), False),
        (When(code=(535,)), Observation(), False),
        (When(enhanced=("X.7.8",)), Observation(enhanced=("4.7.8",)), True),
        (When(enhanced=("5.7.8",)), Observation(enhanced=("4.7.8",)), False),
        (When(text=("not here", "no such")), Observation(text="there is no such user"), True),
        (When(text=("no such",)), Observation(text="no suchlike"), False),
        (When(tool=("swaks",)), Observation(tools=("curl", "swaks")), True),
        (When(provider=("gmail",)), Observation(), False),
        (When(status=(Status.FAIL,), check=("auth.login",)), Observation(check="auth.login", status=Status.FAIL), True),
        (When(status=(Status.FAIL,), check=("auth.login",)), Observation(check="auth.login"), False),
        (When(stage=(Stage.AUTH,)), Observation(stage=Stage.AUTH), True),
        (When(errno=("EPIPE",)), Observation(errno="EPIPE"), True),
    ],
)
def test_a_condition_holds_where_every_key_does(when: When, seen: Observation, expected: bool) -> None:
    assert holds(when, seen) is expected


@dataclass(frozen=True, slots=True)
class World:
    """Everything that random evidence can be made of."""

    known: Knowledge
    facts: list[str | None]
    enhanced: list[str]
    codes: list[int]
    phrases: list[str]
    errnos: list[str | None]
    providers: list[str | None]
    tools: list[str]
    questions: list[Question]
    probes: list[Probe]

    def observation(self, chance: random.Random, provider: str | None) -> Observation:
        return Observation(
            stage=chance.choice([*Stage, None]),
            codes=tuple(chance.sample(self.codes, chance.randint(0, 2))),
            enhanced=tuple(chance.sample(self.enhanced, chance.randint(0, 2))),
            text=chance.choice(self.phrases),
            provider=provider,
            tools=tuple(chance.sample(self.tools, chance.randint(0, 1))),
            errno=chance.choice(self.errnos),
            fact=chance.choice(self.facts),
            check=chance.choice([None, "auth.login", "connect.open", "tls.implicit"]),
            status=chance.choice([*Status, None]),
        )

    def said(self, chance: random.Random) -> list[AnyEvidence]:
        return [
            *(Answer(node.id, chance.choice(node.choice).value) for node in self.questions if chance.random() < 0.4),
            *(
                Probed(node.id, TLS_PORT, chance.choice(list(Status)), ())
                for node in self.probes
                if chance.random() < 0.4
            ),
        ]


@pytest.fixture(scope="module")
def world() -> World:
    known = load_knowledge()
    index = known.signs
    nodes = [node for stage_tree in known.tree.values() for node in stage_tree.node]
    phrases = [phrase for phrase, owner in phrases_of(index.phrases) if owner < len(index.signs)]
    return World(
        known,
        facts=[*sorted(index.by_fact), "unheard-of", None, None, None],
        enhanced=[*(status for status in sorted(index.by_enhanced) if status[0] != "X"), "5.9.9"],
        codes=[int(code) for code in sorted(index.by_code) if len(code) == 3],
        phrases=[*phrases, *[""] * len(phrases), "quite unknown"],
        errnos=[*sorted(index.by_errno), None, None, None],
        providers=[*index.provider_ids, *[None] * len(index.provider_ids)],
        tools=list(index.tool_ids),
        questions=[node for node in nodes if isinstance(node, Question)],
        probes=[node for node in nodes if isinstance(node, Probe)],
    )


@given(st.integers())
@settings(max_examples=200)
def test_any_of_ten_thousand_evidences_leads_to_an_end_in_whatever_order_it_came(world: World, seed: int) -> None:
    chance = random.Random(seed)
    tree = world.known.tree
    for _ in range(50):
        provider = chance.choice(world.providers)
        said = world.said(chance)
        seen = [world.observation(chance, provider) for _ in range(chance.randint(0, 4))]
        seen += observe_evidence(said, provider)
        findings = rank(world.known.signs, seen, world.known.stages)
        stage = chance.choice(list(Stage))
        path = walk(tree, stage, seen, findings, said)
        assert isinstance(path.end, Question | Probe | Conclusion)
        assert path.end.id != STILL_UNKNOWN
        assert path.steps[-1].node == path.end.id
        assert all(step.because for step in path.steps[:-1])
        chance.shuffle(seen)
        chance.shuffle(said)
        assert walk(tree, stage, seen, findings, said) == path


def test_most_errors_lead_to_a_conclusion_without_a_question_and_none_takes_more_than_one() -> None:
    counts = of_examples(load_knowledge())
    assert statistics.median(counts) <= 1
    assert max(counts) == 1


def test_a_way_counts_by_its_longest_course() -> None:
    def end(said: tuple[Answer | Probed, ...]) -> Node:
        return walk(TREE, Stage.CONNECT, [], CLOSE, said).end

    assert most_questions(end) == 1
    assert most_questions(end, (Answer("which", "1"),)) == 0
