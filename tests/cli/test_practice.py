from __future__ import annotations

import json

import msgspec
import pytest

from smtpwizard.model.document import ScenarioDocument
from tests.cli.conftest import Run


def test_every_scenario_is_listed(run: Run) -> None:
    ran = run("practice", "--list")
    assert (ran.status, ran.err) == (0, "")
    assert "all-well" in {line.split()[0] for line in ran.out.splitlines()}


def test_the_list_as_json_is_one_object_a_line(run: Run) -> None:
    lines = run("practice", "--list", "--json").out.splitlines()
    assert {"schema", "scenario", "title", "stage", "expect"} == set(json.loads(lines[0]))
    assert "all-well" in {msgspec.json.decode(line, type=ScenarioDocument).scenario for line in lines}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "There is no scenario 'nonsense'. `smtpwizard practice --list` lists them."),
        (["a\x1b[31m"], "There is no scenario"),
        (["all-well", "--all"], "Name one scenario, or give --all, not both."),
        (["--port", "70000"], "70000"),
    ],
)
def test_what_cannot_be_played_is_named(run: Run, arguments: list[str], said: str) -> None:
    ran = run("practice", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert all(line.isprintable() for line in ran.err.splitlines())
