from __future__ import annotations

import msgspec
import pytest

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.evidence.connect import PortAnswer
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.names import Resolution
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.output.compare import compare
from smtpwizard.output.report_document import report_document
from smtpwizard.troubleshoot.diagnose import Diagnosis
from tests.knowledge.small import cause, knowledge, sign
from tests.output.seen import ACCOUNT, REFUSED, finished


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(tmp_path_factory.mktemp("knowledge"), causes={"a": cause(sign("x", text=["not accepted"]))})


def document(known: Knowledge, *checks: tuple[str, Status, list[AnyEvidence]]) -> ReportDocument:
    return report_document(known, finished(*checks), Diagnosis())


def address(text: str) -> Resolution:
    return Resolution("smtp.example.com", "A", "answer", (text,), (), None, 1.0)


def test_equal_reports_are_the_same(known: Knowledge) -> None:
    one = document(known, ("dns.address", Status.PASS, [address("192.0.2.1")]))
    result = compare(one, one)
    assert (result.same, result.first, result.differences) == (True, None, ())
    assert result.meaning == "The two reports say the same."


def test_times_are_no_difference(known: Knowledge) -> None:
    one = document(known, ("dns.address", Status.PASS, []))
    assert compare(one, msgspec.structs.replace(one, started="later", duration_ms=9e9)).same


def test_the_first_check_at_which_the_runs_part_gives_the_meaning(known: Knowledge) -> None:
    one = document(
        known,
        ("dns.address", Status.PASS, []),
        ("connect.open", Status.PASS, []),
        ("auth.login", Status.PASS, []),
    )
    other = document(
        known,
        ("dns.address", Status.WARN, []),
        ("connect.open", Status.PASS, []),
        ("auth.login", Status.FAIL, [REFUSED]),
    )
    result = compare(one, other)
    assert (result.first, result.verdicts) == ("auth.login", (Status.PASS, Status.FAIL))
    assert result.meaning.startswith("The same credentials are taken from one machine")
    assert [difference.what for difference in result.differences] == ["dns.address", "auth.login"]
    assert result.differences[1].other == "fail: 535 5.7.8 Username and Password not accepted"


def test_checks_of_one_run_only_are_named_on_the_right_side(known: Knowledge) -> None:
    one = document(known, ("dns.address", Status.PASS, []))
    other = document(known, ("connect.open", Status.PASS, []))
    assert [(d.what, d.one, d.other) for d in compare(one, other).differences] == [
        ("dns.address", "pass", "not part of this run"),
        ("connect.open", "not part of this run", "pass"),
    ]


def test_settings_that_differ_are_named(known: Knowledge) -> None:
    one = document(known, ("dns.address", Status.PASS, []))
    other = msgspec.structs.replace(one, account=msgspec.structs.replace(ACCOUNT, port=465, username=None))
    assert [(d.what, d.one, d.other) for d in compare(one, other).differences] == [
        ("account.port", "587", "465"),
        ("account.username", "ann@example.com", ""),
    ]


@pytest.mark.parametrize(
    ("what", "mine", "theirs"),
    [
        ("addresses", address("192.0.2.1"), address("192.0.2.7")),
        (
            "ports",
            PortAnswer("192.0.2.1", 465, "IPv4", "open", "tls", 1.0),
            PortAnswer("192.0.2.1", 465, "IPv4", "timeout", None, 1.0),
        ),
    ],
)
def test_facts_that_differ_are_named_though_both_runs_pass(
    known: Knowledge, what: str, mine: AnyEvidence, theirs: AnyEvidence
) -> None:
    result = compare(
        document(known, ("dns.address", Status.PASS, [mine])), document(known, ("dns.address", Status.PASS, [theirs]))
    )
    assert [difference.what for difference in result.differences] == [what]
    assert result.meaning == "Both come equally far; the details differ."
