from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from smtpwizard.model.stage import Stage, Status
from smtpwizard.practice.scenario import SCENARIOS, Scenario, load_scenarios
from smtpwizard.practice.server import Served, run_in_thread
from tests.practice.caller import call, cured

SCENARIO = load_scenarios()
STEPS = {
    "connect.open": "connect",
    "greeting.banner": "greeting",
    "ehlo.extensions": "ehlo",
    "starttls.command": "starttls",
    "tls.upgrade": "tls",
    "tls.implicit": "tls",
    "ehlo.encrypted": "ehlo-encrypted",
    "auth.login": "auth",
    "mail.sender": "mail",
    "rcpt.recipient": "rcpt",
    "data.message": "data",
}
ON_THE_WIRE = [name for name, scenario in SCENARIO.items() if scenario.stage is not Stage.DNS]
CURABLE = [name for name, scenario in SCENARIO.items() if scenario.cure is not None]
CAUSES = Path(__file__).parents[3] / "shared" / "knowledge" / "causes.yaml"


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Served]]:
    with run_in_thread(*(SCENARIO[name] for name in ON_THE_WIRE)) as all_of_them:
        yield {one.scenario.id: one for one in all_of_them}


def _stop(scenario: Scenario) -> str | None:
    if scenario.expect.verdict is not Status.FAIL:
        return None
    return STEPS[scenario.expect.check] if scenario.expect.check else str(scenario.stage)


@pytest.mark.parametrize("name", ON_THE_WIRE)
def test_a_client_that_comes_as_told_is_stopped_where_the_scenario_says(name: str, served: dict[str, Served]) -> None:
    scenario = SCENARIO[name]
    if scenario.listens == "drop" and sys.platform != "linux":
        pytest.skip("only Linux leaves attempts to connect unanswered when the queue is full")
    stop = _stop(scenario)

    outcome = call(served[name], scenario, impatient_at=stop)

    assert outcome.stopped_at == stop, outcome


@pytest.mark.parametrize("name", CURABLE)
def test_a_client_with_the_cure_gets_through(name: str, served: dict[str, Served]) -> None:
    outcome = call(served[name], cured(SCENARIO[name]))

    assert outcome.stopped_at is None, outcome


def test_every_file_of_the_folder_is_a_scenario_of_that_name() -> None:
    assert {path.stem for path in SCENARIOS.iterdir()} == set(SCENARIO)
    assert all(scenario.id == name for name, scenario in SCENARIO.items())


def test_every_stage_of_a_session_has_several_scenarios() -> None:
    played = Counter(scenario.stage for scenario in SCENARIO.values() if scenario.expect.verdict is Status.FAIL)

    for stage in ("dns", "connect", "greeting", "ehlo", "starttls", "tls", "auth", "mail", "rcpt", "data"):
        assert played[Stage(stage)] > 1, stage


def test_titles_tell_scenarios_apart() -> None:
    titles = Counter(scenario.title for scenario in SCENARIO.values())

    assert [title for title, times in titles.items() if times > 1] == []


def test_every_checks_id_that_is_expected_is_one() -> None:
    known = {*STEPS, "dns.address", "settings.lint"}

    assert {scenario.expect.check for scenario in SCENARIO.values()} - {None} <= known


def test_every_cause_that_is_expected_is_in_the_vocabulary() -> None:
    if not CAUSES.exists():
        pytest.skip("the vocabulary is not beside this repository")
    vocabulary = {line.partition(":")[0] for line in CAUSES.read_text().splitlines() if ": [" in line}
    expected = {
        cause
        for scenario in SCENARIO.values()
        for cause in (scenario.expect.cause, *scenario.expect.accept)
        if cause is not None
    }

    assert expected <= vocabulary
