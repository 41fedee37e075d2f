from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smtpwizard.export import write
from smtpwizard.export.plan import Plan
from tests.cli.conftest import Run

ACCOUNT = ("--host", "mail.example.org", "--username", "ann@example.org", "--password-stdin")


@pytest.fixture
def target(run: Run) -> str:
    """A target that writes plain SMTP settings."""
    listed = [line.split()[0] for line in run("export", "--list").out.splitlines()]
    return next(name for name in listed if name in {"generic", "smtp", "dotenv"})


def test_every_target_is_listed(run: Run) -> None:
    ran = run("export", "--list")
    assert (ran.status, ran.err) == (0, "")
    assert {"django", "laravel"} <= {line.split()[0] for line in ran.out.splitlines()}


@pytest.mark.parametrize(
    ("options", "said"), [([], "--for one of "), (["--for", "a\x1b[31m"], "There is no target 'a\\\\x1b[31m'")]
)
def test_a_target_must_be_named_and_known(run: Run, options: list[str], said: str) -> None:
    ran = run("export", *ACCOUNT, *options, stdin=b"hunter2")
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_pipe_is_given_the_settings_whole(run: Run, target: str) -> None:
    ran = run("export", *ACCOUNT, "--for", target, stdin=b"hunter2")
    assert ran.status == 0
    assert "mail.example.org" in ran.out
    assert "hunter2" in ran.out
    assert "hunter2" not in ran.err


def test_a_terminal_is_not_shown_the_secret(run: Run, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    ran = run("export", *ACCOUNT, "--for", target, stdin=b"hunter2")
    assert ran.status == 0
    assert "mail.example.org" in ran.out
    assert "hunter2" not in ran.out + ran.err


def test_a_file_is_merged_read_back_and_never_shown_with_its_secret(run: Run, target: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# mine\nOTHER=1\n")
    ran = run("export", *ACCOUNT, "--for", target, "-o", str(path), "--yes", stdin=b"hunter2")
    assert (ran.status, ran.out) == (0, "")
    assert "was written and read back" in ran.err
    assert "hunter2" not in ran.err
    written = path.read_text()
    assert written.startswith("# mine\nOTHER=1\n")
    assert "hunter2" in written
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_written_can_be_checked_as_it_stands(run: Run, target: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    run("export", *ACCOUNT, "--for", target, "-o", str(path), "--yes", stdin=b"hunter2")
    ran = run("check", "--env", str(path), "--for", target, "--only", "settings.lint", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["account"]["username"] == "ann@example.org"
    assert "hunter2" not in ran.out


@pytest.mark.parametrize("option", ["--prove", "--yes"])
def test_what_is_about_a_written_file_needs_one(run: Run, target: str, option: str) -> None:
    ran = run("export", *ACCOUNT, "--for", target, option, stdin=b"hunter2")
    assert (ran.status, ran.out) == (2, "")
    assert "-o FILE" in ran.err


def test_a_file_that_another_program_changed_at_once_is_no_success(
    run: Run, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write.write

    def outrun(plan: Plan) -> write.Written:
        written = real(plan)
        written.path.write_text(written.path.read_text().replace("mail.example.org", "other.example.org"))
        return written

    monkeypatch.setattr(write, "write", outrun)
    ran = run("export", *ACCOUNT, "--for", target, "-o", str(tmp_path / ".env"), "--yes", stdin=b"hunter2")
    assert (ran.status, ran.out) == (1, "")
    assert "read back it says something else in: host" in ran.err


AMBIGUOUS = "SMTP_HOST=mail.example.org\nSMTP_USERNAME=ann\nSMTP_PASSWORD=hunter2\n"


def test_a_file_that_fits_several_programs_is_read_by_the_one_that_is_written_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(AMBIGUOUS)
    assert "Say which one with --for" in run("check", "--env", str(path), "--only", "settings.lint").err
    ran = run("export", "--env", str(path), "--for", "generic")
    assert (ran.status, "SMTP_HOST=" in ran.out) == (0, True), ran.err


def test_a_file_that_fits_several_other_programs_is_not_guessed_at(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(AMBIGUOUS)
    ran = run("export", "--env", str(path), "--for", "laravel")
    assert (ran.status, ran.out) == (2, "")
    assert "--host" in ran.err
    assert "--for" not in ran.err


def test_what_may_keep_the_program_from_reading_the_written_file_so_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_HOST", "other.example.org")
    ran = run("export", *ACCOUNT, "--for", "generic", "-o", str(tmp_path / ".env"), "--yes", stdin=b"hunter2")
    assert ran.status == 0
    assert "SMTP_HOST is also set in the environment" in ran.err


def test_the_name_of_a_file_is_safe_to_show(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a\x07 b.env"
    ran = run("export", "--host", "mail.example.org", "--for", "generic", "--no-input", "-o", str(path))
    assert (ran.status, path.exists()) == (0, True)
    assert "was written and read back" in ran.err
    assert all(line.isprintable() for line in ran.err.splitlines())
