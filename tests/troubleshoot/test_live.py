from __future__ import annotations

import pytest

from smtpwizard.model.account import Account
from smtpwizard.model.event import CheckFinished, CheckStarted, EvidenceRecorded, PlannedCheck, RunFinished, RunStarted
from smtpwizard.model.evidence.answers import Wording
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.dialogue import Disconnected, ReplyReceived, Silence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretShape
from smtpwizard.model.report import Report
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.troubleshoot.live import observe_evidence, observe_report


def report(stage: Stage, status: Status, *evidence: AnyEvidence) -> Report:
    """A finished run of one check."""
    return Report().apply_all(
        [
            RunStarted(
                Account("smtp.example.com", 587, Security.STARTTLS), "", (PlannedCheck("one", stage, "it works"),)
            ),
            CheckStarted("one", 0.0),
            *(EvidenceRecorded("one", 1.0, item) for item in evidence),
            CheckFinished("one", 2.0, status, 2.0),
            RunFinished(2.0, status),
        ]
    )


def reply(code: int, *lines: str, enhanced: str | None = None) -> ReplyReceived:
    return ReplyReceived(Stage.AUTH, "AUTH", code, enhanced, lines, 1.0)


@pytest.mark.parametrize("status", [Status.PASS, Status.SKIP, Status.ERROR])
def test_a_check_that_did_not_fail_gives_nothing_away(status: Status) -> None:
    assert observe_report(report(Stage.AUTH, status, reply(535, "no")), None) == []


def test_the_shape_of_the_secret_speaks_even_where_it_is_right() -> None:
    (seen,) = observe_report(report(Stage.SETTINGS, Status.PASS, SecretShape("app-password", True)), "example")
    assert (seen.fact, seen.provider) == ("secret:right-shape", "example")


def test_a_failed_check_is_seen_with_its_facts_and_without_positive_replies() -> None:
    seen = observe_report(
        report(Stage.AUTH, Status.FAIL, reply(334, "VXNlcm5hbWU6"), reply(535, "5.7.8 is NO", enhanced="5.7.8")),
        "example",
    )
    assert [(item.check, item.status, item.codes) for item in seen] == [
        ("one", Status.FAIL, ()),
        ("one", Status.FAIL, (535,)),
    ]
    assert (seen[1].enhanced, seen[1].text, seen[1].shown) == (("5.7.8",), "5.7.8 is no", "535 5.7.8 5.7.8 is NO")


def test_facts_keep_the_stage_in_which_they_were_seen() -> None:
    seen = observe_report(report(Stage.CONNECT, Status.FAIL, Silence(Stage.GREETING, 10.0, "")), None)
    assert [(item.stage, item.fact) for item in seen] == [(Stage.CONNECT, None), (Stage.GREETING, "silence")]


def test_error_numbers_and_details_are_seen() -> None:
    (refused, closed, pasted) = observe_evidence(
        [
            Connection("h", "192.0.2.1", 25, "IPv4", "refused", "ECONNREFUSED", 1.0),
            Disconnected(Stage.TLS, "reset", "ECONNRESET", "Connection  RESET"),
            Wording("Some  Words", Stage.AUTH, errno="EPIPE"),
        ],
        None,
    )
    assert (refused.fact, refused.errno) == ("connect:refused", "ECONNREFUSED")
    assert (closed.errno, closed.text, closed.shown) == ("ECONNRESET", "connection reset", "Connection  RESET")
    assert (pasted.errno, pasted.text, pasted.stage) == ("EPIPE", "some words", Stage.AUTH)
