from __future__ import annotations

from tests.cli.conftest import Run


def test_an_unknown_scenario_is_named_before_anything_starts(run: Run) -> None:
    ran = run("demo", "nonsense")
    assert (ran.status, ran.out) == (2, "")
    assert "There is no scenario 'nonsense'" in ran.err


def test_without_a_terminal_the_demo_says_what_to_use_instead(run: Run) -> None:
    ran = run("demo")
    assert (ran.status, ran.out) == (3, "")
    assert "needs a terminal" in ran.err
