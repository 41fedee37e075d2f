from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from smtpwizard import __version__
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.cause import Finding
from smtpwizard.model.document import ExplainDocument
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output.documents import cause_documents, explain_document, to_json
from smtpwizard.output.report_document import report_document
from smtpwizard.troubleshoot.diagnose import Diagnosis, diagnose
from smtpwizard.troubleshoot.explain import explain
from tests.knowledge.small import cause, knowledge, provider, sign, trees
from tests.output.seen import ACCOUNT, REFUSED, evidence, finished

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    remedies = [
        {"text": "Ask {host}.", "commands": ["nc {host} {port}"], "links": ["https://example.com/"]},
        {"text": "Enter it again.", "action": {"kind": "enter-secret"}, "provider": ["example"]},
    ]
    return knowledge(
        tmp_path_factory.mktemp("knowledge"),
        causes={
            "wrong-password": cause(
                sign("535 x", text=["not accepted"]), remedy=remedies, needs_live="auth.login", temporary=True
            ),
            "refused": cause(sign("599 x", code=[5]), stage="data"),
        },
        providers={"example": provider()},
        tree=trees(),
    )


@pytest.fixture
def report() -> Report:
    return finished(("dns.address", Status.PASS, []), ("auth.login", Status.FAIL, [REFUSED]))


def as_json(document: msgspec.Struct) -> Any:
    return json.loads(to_json(document))


def test_a_report_has_the_keys_of_the_contract_and_no_other(known: Knowledge, report: Report) -> None:
    printed = as_json(report_document(known, report, diagnose(known, report)))
    assert set(printed) == {
        *("schema", "version", "account", "verdict", "started", "duration_ms", "checks", "causes", "transcript")
    }
    assert printed["schema"] == "smtpwizard.report/1"
    assert printed["version"] == __version__
    assert printed["account"] == {
        "provider": None,
        "host": "smtp.example.com",
        "port": 587,
        "security": "starttls",
        "username": "ann@example.com",
        "mechanism": None,
        "from": "ann@example.com",
        "to": None,
    }
    assert printed["verdict"] == "fail"
    assert printed["started"] == "2026-11-21T10:00:00Z"
    assert printed["duration_ms"] == 20.0
    assert printed["checks"][1] == {
        "id": "auth.login",
        "stage": "auth",
        "status": "fail",
        "title": "auth.login works",
        "summary": "535 5.7.8 Username and Password not accepted",
        "start_ms": 10.0,
        "duration_ms": 5.0,
        "evidence": [
            {
                "kind": "reply",
                "stage": "auth",
                "command": "AUTH",
                "code": 535,
                "enhanced": "5.7.8",
                "lines": ["Username and Password not accepted"],
                "elapsed_ms": 20.0,
            }
        ],
    }
    assert printed["transcript"][0] == {"at_ms": 1.0, "direction": "send", "text": "NOOP"}


def test_a_cause_has_the_keys_of_the_contract(known: Knowledge, report: Report) -> None:
    (first, *_) = as_json(report_document(known, report, diagnose(known, report)))["causes"]
    required = {"id", "title", "stage", "confidence", "temporary", "because", "remedies"}
    assert required | {"explanation", "sure", "decided_by", "floor"} == set(first)
    assert (first["id"], first["stage"], first["temporary"]) == ("wrong-password", "auth", True)
    assert 0 < first["confidence"] <= 1
    assert first["because"] == ["“not accepted”"]
    assert first["decided_by"] == "auth.login"
    own, general = first["remedies"]
    assert own["action"]["kind"] == "enter-secret"
    assert general == {
        "text": "Ask smtp.example.com.",
        "commands": ["nc smtp.example.com 587"],
        "links": ["https://example.com/"],
        "action": None,
        "steps": [],
    }


def test_an_action_is_written_out_with_its_nulls(known: Knowledge) -> None:
    finding = Finding("wrong-password", 0.5, (), Stage.AUTH)
    (document,) = cause_documents(known, [finding], provider="example", account=None)
    printed = msgspec.to_builtins(document)
    assert printed["remedies"][0]["action"] == {
        "kind": "enter-secret",
        **dict.fromkeys(("port", "security", "host", "mechanism", "url", "minutes")),
    }
    assert document.remedies[1].text == "Ask smtp.example.com."


def test_an_explanation_has_the_keys_of_the_contract_and_no_other(known: Knowledge) -> None:
    printed = as_json(explain_document(known, explain(known, "smtp.example.com: 535 5.7.8 Not accepted")))
    assert set(printed) == {"schema", "input", "replies", "provider", "stage", "causes"}
    assert printed["schema"] == "smtpwizard.explain/1"
    assert printed["input"] == "smtp.example.com: 535 5.7.8 Not accepted"
    assert printed["replies"] == [{"code": 535, "enhanced": "5.7.8", "lines": ["Not accepted"]}]
    assert (printed["provider"], printed["stage"]) == ("example", "auth")
    assert [found["id"] for found in printed["causes"]] == ["wrong-password", "refused"]
    assert printed["causes"][1]["floor"] is True


def test_nothing_is_left_out_where_nothing_is_known(known: Knowledge) -> None:
    printed = as_json(explain_document(known, explain(known, "")))
    assert printed == {
        "schema": "smtpwizard.explain/1",
        "input": "",
        "replies": [],
        "provider": None,
        "stage": None,
        "causes": [],
    }


def test_credentials_of_a_pasted_text_are_hidden(known: Knowledge) -> None:
    text = to_json(explain_document(known, explain(known, "SMTP_PASSWORD=hunter2 535 no")))
    assert "hunter2" not in text


def test_what_is_printed_can_be_read_again(known: Knowledge) -> None:
    report = finished(*((check, Status.FAIL, evidence("\x1b[31m é")) for check in ("dns.address", "tls.upgrade")))
    document = report_document(known, report, diagnose(known, report))
    assert msgspec.json.decode(to_json(document), type=ReportDocument) == document
    explained = explain_document(known, explain(known, "535 not accepted"))
    assert msgspec.json.decode(to_json(explained, indent=0), type=ExplainDocument) == explained


def test_json_on_one_line_has_no_line_break(known: Knowledge) -> None:
    assert "\n" not in to_json(explain_document(known, explain(known, "535 not\naccepted")), indent=0)


def test_a_run_that_goes_on_has_no_document(known: Knowledge) -> None:
    with pytest.raises(ValueError, match="the run has not finished"):
        report_document(known, Report(account=ACCOUNT), Diagnosis())


def test_a_check_that_never_ran_counts_as_skipped(known: Knowledge, report: Report) -> None:
    unfinished = msgspec.structs.replace(report, checks=(msgspec.structs.replace(report.checks[0], status=None),))
    assert report_document(known, unfinished, Diagnosis()).checks[0].status is Status.SKIP


def test_an_old_report_stays_readable() -> None:
    sample = (SAMPLES / "report-1.json").read_bytes()
    document = msgspec.json.decode(sample, type=ReportDocument)
    assert document.verdict is Status.FAIL
    assert document.causes[0].id == "wrong-password"
    kinds = {item["kind"] for check in json.loads(sample)["checks"] for item in check["evidence"]}
    assert len(kinds) > 25
    written = json.loads(to_json(document))
    for key, value in json.loads(sample).items():
        assert _holds(written[key], value), key


def _holds(written: Any, sample: Any) -> bool:
    """Whether everything a sample says is still said, with the same keys."""
    if isinstance(sample, dict):
        return all(key in written and _holds(written[key], value) for key, value in sample.items())
    if isinstance(sample, list):
        return len(written) == len(sample) and all(map(_holds, written, sample))
    return bool(written == sample)
