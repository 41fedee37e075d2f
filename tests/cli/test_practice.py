from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from smtpwizard.cli.practice import _print_served, after
from smtpwizard.model.document import ScenarioDocument
from smtpwizard.practice.received import MESSAGES, Memory, Message
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import Served
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


def test_messages_are_shown_each_once_however_many_there_are() -> None:
    memory = Memory()
    last: Message | None = None
    shown: list[str] = []
    for number in range(2 * MESSAGES):
        memory.keep(Message(f"{number}@a.test", (), b"", 0, False, None))
        for message in after(last, memory.messages) if number % 3 == 0 else ():
            shown.append(message.sender)
            last = message
    assert shown == [f"{number}@a.test" for number in range(2 * MESSAGES)]


def test_the_name_server_that_a_scenario_needs_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    scenario = load_scenarios()["all-well"]
    served = Served(scenario, "127.0.0.1", 587, Path("/a\x07/ca.pem"), "127.0.0.1:5353", Memory())
    _print_served(served, as_json=False)
    said = capsys.readouterr().out
    assert "name server 127.0.0.1:5353" in said
    assert all(line.isprintable() for line in said.splitlines())
