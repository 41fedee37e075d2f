from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from tests.cli.conftest import Run
from tests.cli.ran import closed_port

LINT = ("--only", "settings.lint")


def accounts(folder: Path, *lines: object) -> tuple[str, ...]:
    """A file of accounts, one a line."""
    path = folder / "accounts.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return "check", "--accounts", str(path)


def test_every_account_gets_a_report_on_a_line_of_its_own(run: Run, tmp_path: Path) -> None:
    ran = run(
        *accounts(tmp_path, {"host": "a.example.org"}, "", {"host": "b.example.org", "port": 465, "security": "tls"}),
        *LINT,
    )
    assert (ran.status, ran.err) == (0, "")
    documents = [msgspec.json.decode(line, type=ReportDocument) for line in ran.out.splitlines()]
    assert {document.account.host for document in documents} == {"a.example.org", "b.example.org"}
    assert {document.verdict for document in documents} == {Status.PASS}


def test_one_account_that_fails_decides_the_status(run: Run, tmp_path: Path) -> None:
    good, bad = {"host": "a.example.org"}, {"host": "https://b.example.org"}
    assert run(*accounts(tmp_path, good, bad), *LINT).status == 1


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


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--nameserver", "nonsense"], "--nameserver nonsense"), (["--only", "nonsense"], "There is no check 'nonsense'")],
)
def test_options_that_cannot_be_used_are_named_once(run: Run, tmp_path: Path, options: list[str], said: str) -> None:
    lines = [{"host": "127.0.0.1", "port": closed_port()}] * 3
    ran = run(*accounts(tmp_path, *lines), *options)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count(said) == 1


def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    ran = run("check", "--accounts", str(tmp_path / "none.jsonl"))
    assert (ran.status, ran.out) == (2, "")
    assert "none.jsonl cannot be read: No such file or directory." in ran.err
