from __future__ import annotations

import base64
import re
from urllib.parse import quote

import msgspec
import pytest

from smtpwizard.cli.main import status
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import Scenario, load_scenarios
from smtpwizard.practice.server import run_in_thread
from tests.bench.questions import as_report, check_words, of_report

EXIT = {Status.PASS: 0, Status.WARN: 0, Status.FAIL: 1, Status.ERROR: 3}


@pytest.fixture(scope="session")
def authority() -> object:
    with Authority() as authority:
        yield authority


def forms(password: str) -> tuple[str, ...]:
    """The password as a server may repeat it."""
    return password, password[::-1], base64.b64encode(password.encode()).decode(), quote(password, safe="")


@pytest.mark.parametrize("scenario", load_scenarios().values(), ids=lambda scenario: scenario.id)
def test_the_command_line_gives_each_scenario_its_verdict_and_cause(
    scenario: Scenario, authority: Authority, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRACTICE_PASSWORD", scenario.password)
    with run_in_thread(scenario, ca=authority) as (served,):
        exit_status = status(check_words(scenario, served))
    output = capfd.readouterr()
    assert output.out, output.err
    report = msgspec.json.decode(output.out, type=ReportDocument)
    told = [(cause.id, cause.confidence, cause.because) for cause in report.causes[:4]]
    seen = [(check.id, check.status, check.summary) for check in report.checks if check.status != "skip"]
    assert report.verdict == scenario.expect.verdict, (told, seen)
    assert exit_status == EXIT[report.verdict]
    if scenario.expect.cause is not None:
        assert report.causes[0].id in {scenario.expect.cause, *scenario.expect.accept}, (told, seen)
    if scenario.expect.check is not None and report.verdict == "fail":
        assert next(check.id for check in report.checks if check.status == "fail") == scenario.expect.check, seen
    assert of_report(load_knowledge(), as_report(report)) <= 1, "more than one question to a conclusion"
    if scenario.password:
        transcript = "".join(re.sub(r"^\d{3}[- ](\d\.\d\.\d )?", "", line.text) for line in report.transcript)
        for form in forms(scenario.password):
            assert form.casefold() not in (output.out + output.err + transcript).casefold()
