from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.test_running import LINT, accounts


def test_a_secret_comes_from_where_the_line_says(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNS", "hunter2")
    line = {"host": "a.example.org", "username": "ann", "password_env": "ANNS"}
    ran = run(*accounts(tmp_path, line), *LINT)
    assert ran.status == 0
    assert "hunter2" not in ran.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "line 2: JSON is malformed"),
        ('{"host": "a", "password": "hunter2"}', "line 2: Object contains unknown field `password`"),
        ('{"host": "a", "port": "x"}', "line 2: Expected `int | null`, got `str`"),
        ('{"provider": "nobody"}', "line 2: There is no provider 'nobody'"),
        ('{"host": "a", "username": "ann"}', "line 2: There is a user name and no secret"),
        ("[" * 10_000, "line 2: "),
        ("\xff", "line 2: "),
    ],
)
def test_a_line_that_is_no_account_is_named_after_those_before_it_were_tested(
    run: Run, tmp_path: Path, line: str, said: str
) -> None:
    ran = run(*accounts(tmp_path, {"host": "a.example.org"}, line), *LINT)
    assert ran.status == 2
    assert len(ran.out.splitlines()) == 1
    assert said in ran.err
    assert "hunter2" not in ran.err


def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("check", "--accounts", str(tmp_path / "none.jsonl"))
    assert (ran.status, ran.out) == (2, "")
    assert "none.jsonl cannot be read: No such file or directory." in ran.err


def test_a_line_is_numbered_as_an_editor_does(run: Run, tmp_path: Path) -> None:
    ran = run(*accounts(tmp_path, "", {"host": "a.example.org"}, "  ", "nonsense"), *LINT)
    assert "line 4: JSON is malformed" in ran.err


def test_a_line_without_end_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run(*accounts(tmp_path, '{"host": "' + "a" * 70_000 + '"}'), *LINT)
    assert (ran.status, ran.out) == (2, "")
    assert "line 1 is longer than 65536 octets" in ran.err


def test_a_file_without_an_account_is_no_pass(run: Run, tmp_path: Path) -> None:
    ran = run(*accounts(tmp_path, "", ""), *LINT)
    assert (ran.status, ran.out) == (2, "")
    assert "names no account" in ran.err


def test_an_account_that_nothing_applies_to_is_no_pass_and_no_obstacle(run: Run, tmp_path: Path) -> None:
    idle = {"host": "a.example.org"}
    ran = run(*accounts(tmp_path, idle), "--only", "auth.login", "--skip", "dns")
    assert (ran.status, ran.err, '"verdict":"error"' in ran.out) == (3, "", True)
