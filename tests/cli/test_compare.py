from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from smtpwizard.cli import compare as command
from smtpwizard.model.document import CompareDocument
from tests.cli.conftest import Run

SAMPLE = (Path(__file__).parents[1] / "output" / "samples" / "report-1.json").read_text(encoding="utf-8")


@pytest.fixture
def reports(tmp_path: Path) -> tuple[str, str]:
    one, other = tmp_path / "laptop.json", tmp_path / "server.json"
    one.write_text(SAMPLE)
    other.write_text(SAMPLE.replace('"port": 587', '"port": 465').replace("smtp.example.com", "a\\u001b[31m\\u202e"))
    return str(one), str(other)


def test_equal_reports_have_status_0(run: Run, reports: tuple[str, str]) -> None:
    ran = run("compare", reports[0], reports[0])
    assert (ran.status, ran.out, ran.err) == (0, "The two reports say the same.\n", "")


def test_what_differs_is_printed_and_never_obeyed(run: Run, reports: tuple[str, str]) -> None:
    ran = run("compare", *reports)
    assert (ran.status, ran.err) == (1, "")
    assert "account.port\n  laptop.json: 587\n  server.json: 465\n" in ran.out
    assert all(line.isprintable() for line in ran.out.splitlines())


def test_the_comparison_as_json_decodes(run: Run, reports: tuple[str, str]) -> None:
    document = msgspec.json.decode(run("compare", "--json", *reports).out, type=CompareDocument)
    assert not document.same
    assert {"account.host", "account.port"} <= {difference.what for difference in document.differences}


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "smtpwizard.report/2"}', "\x00", "[" * 100_000])
def test_a_file_that_is_no_report_is_named(run: Run, reports: tuple[str, str], tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    ran = run("compare", reports[0], str(path))
    assert (ran.status, ran.out) == (2, "")
    assert "other.json holds no report" in ran.err


def test_a_file_that_cannot_be_read_or_is_too_large_is_named(
    run: Run, reports: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "none.json cannot be read" in run("compare", reports[0], str(tmp_path / "none.json")).err
    monkeypatch.setattr(command, "REPORT_LIMIT", 10)
    assert "laptop.json is too large" in run("compare", *reports).err


@pytest.mark.parametrize(
    ("one", "other", "labels"),
    [
        ("laptop.json", "server.json", ("laptop.json", "server.json")),
        ("laptop/report.json", "server/report.json", ("laptop/report.json", "server/report.json")),
        ("a/x/report.json", "b/x/report.json", ("a/x/report.json", "b/x/report.json")),
        ("report-of-2026-01-01-laptop.json", "report-of-2026-01-01-server.json", None),
    ],
)
def test_two_files_are_told_apart(one: str, other: str, labels: tuple[str, str] | None) -> None:
    assert command.labels(Path(one), Path(other)) == (labels or (one, other))


def test_a_file_in_the_folder_above_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert command.labels(Path("report.json"), Path("b/report.json")) == (
        f"{tmp_path.name}/report.json",
        "b/report.json",
    )
