from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from smtpwizard import __version__
from smtpwizard.cli.group import LazyGroup
from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.decode import DataFileError, Fault
from smtpwizard.model.errors import CannotRunError, SmtpWizardError, UsageError
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]
HEAVY = ("textual", "rich", "asyncio", "cryptography", "OpenSSL", "dns", "aiosmtplib", "keyring", "ssl")


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "smtpwizard", *arguments]


@pytest.mark.parametrize("command", ["check", "explain", "providers", "knowledge", "schema", "practice", "export"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "-h")
    assert ran.status == 0
    assert ran.out.startswith(f"Usage: smtpwizard {command} ")


def test_the_version_is_told(run: Run) -> None:
    assert __version__ in run("--version").out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["nonsense"], "nonsense"),
        (["explain", "--nonsense"], "--nonsense"),
        (["check", "--port", "smtp"], "smtp"),
        (["check", "--timeout", "0"], "--timeout"),
        (["check", "--timeout", "nan"], "--timeout"),
        (["check", "--security", "ssl"], "ssl"),
        (["check", "--password", "hunter2"], "--password"),
        (["schema", "nonsense"], "nonsense"),
        (["knowledge", "nonsense"], "nonsense"),
        (["--nameserver", "127.0.0.1", "explain", "x"], "explain"),
    ],
)
def test_wrong_usage_names_what_is_wrong_on_standard_error(run: Run, arguments: list[str], named: str) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert named in ran.err
    assert "hunter2" not in ran.err


def test_without_a_terminal_the_wizard_says_what_to_use_instead(run: Run) -> None:
    ran = run()
    assert (ran.status, ran.out) == (3, "")
    assert "needs a terminal" in ran.err
    assert "smtpwizard check" in ran.err


@pytest.mark.parametrize(
    ("ending", "status", "said"),
    [
        (None, 0, ""),
        (ExitCode.FAILED, 1, ""),
        (UsageError("Name an account."), 2, "smtpwizard: Name an account.\n"),
        (CannotRunError("There is no keyring."), 3, "smtpwizard: There is no keyring.\n"),
        (SmtpWizardError("Something expected."), 3, "smtpwizard: Something expected.\n"),
        (DataFileError("knowledge files", [Fault("a.toml", "", "x", "is wrong")]), 3, "a.toml: x: is wrong\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (click.Abort(), 130, "Interrupted.\n"),
        (ValueError("hunter2"), 3, "a fault of this program, please report it: ValueError in test_main.py line"),
        (RecursionError(), 3, "RecursionError"),
    ],
)
def test_every_ending_has_its_exit_status(
    run: Run, monkeypatch: pytest.MonkeyPatch, ending: BaseException | int | None, status: int, said: str
) -> None:
    @click.command()
    def command() -> int | None:
        if isinstance(ending, BaseException):
            raise ending
        return ending

    monkeypatch.setattr(LazyGroup, "get_command", lambda self, ctx, name: command)
    ran = run("anything")
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "hunter2" not in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams as a Unix shell does")
@pytest.mark.parametrize(
    ("arguments", "closing", "status", "said"),
    [
        (["explain", "-"], "<&-", 0, ""),
        (["explain"], "<&-", 0, ""),
        (["check", "--host", "127.0.0.1", "--username", "ada"], "<&-", 2, "There is a user name and no secret"),
        ([], "<&-", 3, "needs a terminal"),
        (["explain", "535 no"], ">&-", 0, ""),
        (["providers", "gmail"], ">&-", 0, ""),
        (["providers", "nonsense"], ">&- 2>&-", 2, ""),
    ],
)
def test_a_standard_stream_that_is_closed_is_an_empty_one(
    arguments: list[str], closing: str, status: int, said: str
) -> None:
    command = f"{shlex.join(program(*arguments))} {closing}"
    ran = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == status
    assert said in ran.stderr
    assert "fault of this program" not in ran.stderr


def loaded(*arguments: str) -> set[str]:
    """The modules that a run of the program has loaded by its end."""
    script = (
        "import json, sys; from smtpwizard.cli.main import status; status(sys.argv[1:]); "
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        input=b"535 5.7.8 Not accepted",
        capture_output=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["explain", "-"], ["explain", "--json", "535 no"], ["providers", "gmail"], ["schema", "report"]],
)
def test_what_needs_no_network_loads_neither_screen_nor_network(arguments: list[str]) -> None:
    assert not loaded(*arguments) & set(HEAVY)


def test_a_reader_that_goes_away_is_no_failure() -> None:
    with subprocess.Popen(
        program("explain", "--batch"), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        try:
            process.stdin.write(b"535 5.7.8 no\n" * 2000)
            process.stdin.close()
        except BrokenPipeError:
            process.stdin = None
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


def test_what_the_terminal_cannot_show_is_shown_escaped() -> None:
    done = subprocess.run(
        program("explain", "535 5.7.8 ✗ échec"),
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert "\\u2717 échec" in done.stdout.decode("latin-1")
    assert done.stderr == b""


def test_an_interruption_ends_with_its_own_status() -> None:
    with subprocess.Popen(
        program("practice", "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["schema"] == "smtpwizard.practice/1"
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        said = process.stderr.read()
        assert said.strip().endswith(b"Interrupted.")
        assert b"Traceback" not in said
