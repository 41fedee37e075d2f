from __future__ import annotations

import pytest

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.cause import Finding
from smtpwizard.model.event import (
    AnyEvent,
    CheckFinished,
    CheckStarted,
    EvidenceRecorded,
    PlannedCheck,
    RunFinished,
    RunStarted,
)
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.dialogue import ReplyReceived
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretShape
from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.report import Report
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Stage, Status, worst
from smtpwizard.model.tree import Conclusion, Probe, Question
from smtpwizard.model.tree import Path as Way
from smtpwizard.troubleshoot.diagnose import Diagnosis, concluded, diagnose, failed_stage
from tests.knowledge.small import cause, knowledge, provider, sign, tree, trees

REFUSED = ReplyReceived(Stage.AUTH, "AUTH", 535, "5.7.8", ("Not accepted or not allowed",), 1.0)
TIMED_OUT = Connection("smtp.example.com", "192.0.2.1", 587, "IPv4", "timeout", "ETIMEDOUT", 100.0)

AUTH = tree(
    {
        "type": "branch",
        "id": "start",
        "title": "What was said?",
        "case": [{"go": "which", "close": ["wrong-password", "app-password"]}],
        "otherwise": "ranked",
    },
    {
        "type": "question",
        "id": "which",
        "text": "Was the password made for programs?",
        "why": "Both look alike.",
        "choice": [
            {"value": "yes", "label": "Yes", "go": "@wrong-password"},
            {"value": "no", "label": "No", "go": "named"},
        ],
    },
    {"type": "conclusion", "id": "named", "causes": ["app-password", "locked", "wrong-password"]},
    {"type": "conclusion", "id": "ranked"},
)
CONNECT = tree(
    {
        "type": "probe",
        "id": "other-port",
        "title": "Port 465 answers",
        "check": "connect.open",
        "port": 465,
        "security": "tls",
        "passed": "@port-blocked",
        "failed": "@timeout",
    }
)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(
        tmp_path_factory.mktemp("knowledge"),
        causes={
            "wrong-password": cause(sign("535 no", text=["not accepted"])),
            "app-password": cause(sign("535 no", text=["not allowed"])),
            "example-app-password": cause(sign("535 no", text=["not accepted"], provider=["example"], code=[535])),
            "locked": cause(sign("535 locked", text=["locked"])),
            "timeout": cause(sign(fact=["connect:timeout"]), stage="connect"),
            "port-blocked": cause(sign(fact=["ports:all-dropped"]), stage="connect"),
            "expired": cause(sign(fact=["tls:expired"]), stage="tls"),
        },
        providers={"example": provider(), "rival": provider(rank=1, endpoint=[])},
        tree=trees(auth=AUTH, connect=CONNECT),
    )


def report(
    *checks: tuple[str, Status, list[AnyEvidence]], host: str = "mail.example.org", who: str | None = None
) -> Report:
    """A finished run; the stage of each check is the first part of its id."""
    plan = tuple(PlannedCheck(check_id, Stage(check_id.partition(".")[0]), check_id) for check_id, _, _ in checks)
    events: list[AnyEvent] = [RunStarted(Account(host, 587, Security.STARTTLS, provider=who), "", plan)]
    for check_id, status, evidence in checks:
        events.append(CheckStarted(check_id, 0.0))
        events.extend(EvidenceRecorded(check_id, 1.0, item) for item in evidence)
        events.append(CheckFinished(check_id, 2.0, status, 2.0))
    events.append(RunFinished(3.0, worst([status for _, status, _ in checks])))
    return Report().apply_all(events)


def causes(diagnosis: Diagnosis) -> list[str]:
    return [finding.cause for finding in diagnosis.findings]


@pytest.mark.parametrize("status", [Status.PASS, Status.SKIP, Status.ERROR])
def test_where_nothing_failed_there_is_nothing_to_explain(known: Knowledge, status: Status) -> None:
    assert diagnose(known, report(("auth.login", status, [REFUSED]))) == Diagnosis((), None)


def test_two_likely_causes_lead_to_the_question_between_them(known: Knowledge) -> None:
    diagnosis = diagnose(known, report(("auth.login", Status.FAIL, [REFUSED])))
    assert causes(diagnosis) == ["wrong-password", "app-password"]
    assert diagnosis.path is not None
    assert isinstance(diagnosis.path.end, Question)


def test_the_answer_puts_the_concluded_causes_first(known: Knowledge) -> None:
    failed = report(("auth.login", Status.FAIL, [REFUSED]))
    assert causes(diagnose(known, failed, [Answer("which", "yes")]))[0] == "wrong-password"
    diagnosis = diagnose(known, failed, [Answer("which", "no")])
    assert causes(diagnosis) == ["app-password", "locked", "wrong-password"]
    assert "No" in diagnosis.findings[0].because
    assert isinstance(diagnosis.path, Way)
    assert isinstance(diagnosis.path.end, Conclusion)


def test_a_probe_is_wanted_and_what_it_saw_concludes(known: Knowledge) -> None:
    failed = report(("connect.open", Status.FAIL, [TIMED_OUT]))
    first = diagnose(known, failed)
    assert first.path is not None
    assert isinstance(first.path.end, Probe)
    assert causes(first) == ["timeout"]
    seen = Probed("other-port", Endpoint("mail.example.org", 465, Security.TLS), Status.PASS, ("connect:open",))
    assert causes(diagnose(known, failed, [seen]))[0] == "port-blocked"


@pytest.mark.parametrize("host", ["smtp.example.com", "SMTP.Example.COM."])
def test_the_provider_follows_from_the_host(known: Knowledge, host: str) -> None:
    assert "example-app-password" in causes(diagnose(known, report(("auth.login", Status.FAIL, [REFUSED]), host=host)))


@pytest.mark.parametrize(
    ("host", "expected"), [("smtp.office365.com", "microsoft365"), ("smtp-mail.outlook.com", "outlook")]
)
def test_a_host_of_two_providers_is_that_of_the_one_that_prefers_it(host: str, expected: str) -> None:
    assert diagnose(load_knowledge(), report(("auth.login", Status.FAIL, [REFUSED]), host=host)).provider == expected


def test_the_provider_follows_from_the_servers_words(known: Knowledge) -> None:
    greeting = ReplyReceived(Stage.GREETING, "", 220, None, ("smtp.example.com ESMTP",), 1.0)
    failed = report(("greeting.banner", Status.PASS, [greeting]), ("auth.login", Status.FAIL, [REFUSED]))
    assert diagnose(known, failed).provider == "example"
    assert "example-app-password" in causes(diagnose(known, failed))


def test_the_provider_that_was_named_counts_more_than_the_host(known: Knowledge) -> None:
    failed = report(("auth.login", Status.FAIL, [REFUSED]), host="smtp.example.com", who="rival")
    assert "example-app-password" not in causes(diagnose(known, failed))


def test_the_way_begins_at_the_first_stage_that_failed() -> None:
    failed = report(
        ("tls.upgrade", Status.WARN, []), ("auth.login", Status.FAIL, []), ("data.message", Status.FAIL, [])
    )
    assert failed_stage(failed) is Stage.AUTH


def test_a_warning_is_explained_where_nothing_failed(known: Knowledge) -> None:
    certificate = Certificate("expired", "h", "s", "i", (), "", "", "RSA 2048", "sha256", "", "", (), 10, None)
    diagnosis = diagnose(known, report(("tls.upgrade", Status.WARN, [certificate])))
    assert causes(diagnosis) == ["expired"]
    assert diagnosis.path is not None
    assert diagnosis.path.stage is Stage.TLS


def test_an_unheard_of_failure_still_has_a_way_that_ends(known: Knowledge) -> None:
    diagnosis = diagnose(known, report(("delivery.arrived", Status.FAIL, [SecretShape("app-password", True)])))
    assert diagnosis.findings == ()
    assert diagnosis.path is not None
    assert isinstance(diagnosis.path.end, Conclusion)


def test_a_conclusion_orders_its_causes_and_confidences_never_rise() -> None:
    findings = (
        Finding("strong", 0.9, ("text",), Stage.AUTH),
        Finding("other", 0.8, (), Stage.AUTH),
        Finding("weak", 0.05, (), Stage.AUTH),
    )
    end = Conclusion("end", ("weak", "unseen", "strong", "nowhere-known"))
    stages = dict.fromkeys(("weak", "unseen", "strong", "other"), Stage.AUTH)
    ranked = concluded(findings, end, Way((), end, Stage.AUTH), stages)
    assert [finding.cause for finding in ranked] == ["weak", "unseen", "strong", "other"]
    confidences = [finding.confidence for finding in ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence <= 1 for confidence in confidences)
