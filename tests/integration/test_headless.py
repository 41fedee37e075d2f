from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from smtpwizard.model.document import CompareDocument
from smtpwizard.model.event import AnyEvent, CheckFinished, EvidenceRecorded, RunFinished, RunStarted
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import Served, run_in_thread

SMTPWIZARD = (sys.executable, "-m", "smtpwizard")
MEASURED = """
import resource, sys
from smtpwizard.cli.main import status
ended = status(sys.argv[1:])
print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, Served]]:
    chosen = ("all-well", "wrong-password", "all-well-clear")
    scenarios = [load_scenarios()[name] for name in chosen]
    with Authority() as authority, run_in_thread(*scenarios, ca=authority) as playing:
        yield dict(zip(chosen, playing, strict=True))


def arguments(served: Served, *more: str) -> list[str]:
    words = ["check", "--no-input", "--timeout", "3", "--host", served.name, "--port", str(served.port)]
    words += ["--security", str(served.security), "--resolve", f"{served.name}:{served.port}:{served.host}"]
    words += ["--username", served.username, "--password-env", "PRACTICE_PASSWORD", "--to", "bob@example.test"]
    words += ["--from", served.scenario.sender, "--ca-file", str(served.ca_file), "--skip", "connect.ports"]
    return [*words, *more]


def run(served: Served, *more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PRACTICE_PASSWORD": served.scenario.password}
    command = [*SMTPWIZARD, *arguments(served, *more)]
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=False)
    assert b"Traceback" not in done.stderr
    return done


@pytest.mark.parametrize(("scenario", "exit_status"), [("all-well", 0), ("wrong-password", 1)])
def test_events_are_one_a_line_and_fold_to_the_report(
    scenario: str, exit_status: int, served: dict[str, Served]
) -> None:
    done = run(served[scenario], "--events")
    events = [msgspec.json.decode(line, type=AnyEvent) for line in done.stdout.splitlines()]
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert sum(isinstance(event, RunFinished) for event in events) == 1
    finished = [event.id for event in events if isinstance(event, CheckFinished)]
    assert sorted(finished) == sorted(planned.id for planned in events[0].plan)
    assert any(isinstance(event, EvidenceRecorded) for event in events)
    assert Report().apply_all(events).verdict == events[-1].verdict
    assert done.returncode == exit_status
    assert served[scenario].scenario.password.encode() not in done.stdout


def test_junit_counts_what_the_report_counts(served: dict[str, Served], tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    done = run(served["wrong-password"], "--json", "--junit", str(path))
    report = msgspec.json.decode(done.stdout, type=ReportDocument)
    root = ElementTree.parse(path).getroot()
    suite = root if root.tag == "testsuite" else root[0]
    cases = list(suite.iter("testcase"))
    assert len(cases) == len(report.checks) == int(suite.attrib["tests"])
    for outcome, element in (("fail", "failure"), ("skip", "skipped"), ("error", "error")):
        expected = sum(check.status == outcome for check in report.checks)
        assert sum(case.find(element) is not None for case in cases) == expected
    assert int(suite.attrib["failures"]) == 1
    assert "wrong-password" in path.read_text()


def test_a_place_where_junit_cannot_be_written_is_told(served: dict[str, Served], tmp_path: Path) -> None:
    done = run(served["all-well-clear"], "--junit", str(tmp_path / "none" / "junit.xml"))
    assert done.returncode == 3
    assert b"cannot be written" in done.stderr


def test_only_and_skip_choose_the_checks(served: dict[str, Served]) -> None:
    done = run(served["all-well"], "--json", "--only", "tls.upgrade")
    only = [check.id for check in msgspec.json.decode(done.stdout, type=ReportDocument).checks]
    assert "tls.upgrade" in only
    assert "starttls.command" in only
    assert "auth.login" not in only
    done = run(served["all-well"], "--json", "--skip", "rcpt")
    skipped = [check.id for check in msgspec.json.decode(done.stdout, type=ReportDocument).checks]
    assert "auth.login" in skipped
    assert not any(check.startswith("rcpt.") for check in skipped)
    done = run(served["all-well"], "--only", "no.such")
    assert done.returncode == 2
    assert b"There is no check 'no.such'" in done.stderr


def accounts_file(path: Path, served: Served, count: int) -> Path:
    account = {
        "host": served.name,
        "port": served.port,
        "security": str(served.security),
        "username": served.username,
        "password_env": "PRACTICE_PASSWORD",
        "from": served.scenario.sender,
    }
    path.write_text("".join(json.dumps(account) + "\n" for _ in range(count)))
    return path


def run_many(served: Served, accounts: Path, *more: str) -> tuple[int, int, list[bytes], str]:
    """Exit status, peak of memory in KiB, lines of output, messages."""
    words = ["check", "--accounts", str(accounts), "--timeout", "10", "--ca-file", str(served.ca_file)]
    words += ["--resolve", f"{served.name}:{served.port}:{served.host}", "--skip", "connect.ports", *more]
    environment = {**os.environ, "PRACTICE_PASSWORD": served.scenario.password}
    command = [sys.executable, "-c", MEASURED, *words]
    done = subprocess.run(command, capture_output=True, timeout=100, env=environment, check=False)
    *told, last = done.stderr.decode().splitlines()
    ended, peak = map(int, last.split())
    return ended, peak, done.stdout.splitlines(), "\n".join(told)


def test_many_accounts_give_a_report_a_line_in_flat_memory(served: dict[str, Served], tmp_path: Path) -> None:
    peaks = {}
    for count in (30, 300):
        accounts = accounts_file(tmp_path / f"{count}.jsonl", served["all-well-clear"], count)
        ended, peaks[count], lines, told = run_many(served["all-well-clear"], accounts, "--jobs", "16")
        assert ended == 0, told
        verdicts = [msgspec.json.decode(line, type=ReportDocument).verdict for line in lines]
        assert verdicts == ["pass"] * count
    assert peaks[300] <= 1.15 * peaks[30], "KiB"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("not json", "malformed"),
        ('{"host": "h", "colour": "red"}', "unknown field"),
        ('{"host": "h", "port": "many"}', "port"),
        ('{"provider": "nobody"}', "There is no provider"),
        ("[" * 5000, ""),
        ('{"host": "h", "username": "\x1b[2J"}', ""),
    ],
)
def test_a_line_that_is_no_account_is_named_by_file_and_number(
    line: str, words: str, served: dict[str, Served], tmp_path: Path
) -> None:
    accounts = accounts_file(tmp_path / "accounts.jsonl", served["all-well-clear"], 2)
    accounts.write_text(accounts.read_text() + line + "\n")
    ended, _, lines, told = run_many(served["all-well-clear"], accounts)
    assert ended == 2
    assert f"{accounts} line 3" in told
    assert words in told
    assert told.isprintable()
    assert len(lines) == 2


def test_the_laptop_and_the_server_are_compared(served: dict[str, Served], tmp_path: Path) -> None:
    for name, scenario in (("laptop", "all-well"), ("server", "wrong-password")):
        (tmp_path / f"{name}.json").write_bytes(run(served[scenario], "--json").stdout)
    command = [*SMTPWIZARD, "compare", str(tmp_path / "laptop.json"), str(tmp_path / "server.json")]
    done = subprocess.run([*command, "--json"], capture_output=True, timeout=30, check=False)
    found = msgspec.json.decode(done.stdout, type=CompareDocument)
    assert done.returncode == 1
    assert (found.first, found.verdicts) == ("auth.login", ("pass", "fail"))
    assert "credentials" in found.meaning
    text = subprocess.run(command, capture_output=True, timeout=30, check=False).stdout.decode()
    assert "laptop" in text
    assert "server" in text
    same = [*SMTPWIZARD, "compare", command[-1], command[-1], "--json"]
    assert subprocess.run(same, capture_output=True, timeout=30, check=False).returncode == 0


@pytest.mark.parametrize("mode", [[], ["--json"], ["--events"]])
def test_an_interrupt_ends_with_130_and_leaves_nothing(mode: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        command = [*SMTPWIZARD, "check", "--host", "127.0.0.1", "--port", str(listening.getsockname()[1])]
        command += ["--security", "starttls", "--timeout", "30", "--skip", "connect.ports", *mode]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True
        )
        with process, listening.accept()[0] as connection:
            connection.settimeout(20)
            process.send_signal(signal.SIGINT)
            output, told = process.communicate(timeout=20)
            assert process.returncode == 130
            # It may take leave of the server, and then it is gone.
            while said := connection.recv(100):
                assert said == b"QUIT\r\n"
    assert told.strip() == b"Interrupted."
    assert b"Traceback" not in output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_reader_that_leaves_is_no_fault(served: dict[str, Served]) -> None:
    environment = {**os.environ, "PRACTICE_PASSWORD": served["all-well"].scenario.password}
    for mode in ([], ["--json"], ["--events"]):
        command = [*SMTPWIZARD, *arguments(served["all-well"], *mode)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, told = process.communicate(timeout=30)
        assert process.returncode in {0, 1}
        assert told == b""


def test_a_closed_output_is_no_fault(served: dict[str, Served]) -> None:
    environment = {**os.environ, "PRACTICE_PASSWORD": served["all-well"].scenario.password}
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *SMTPWIZARD, *arguments(served["all-well"], "--json")]
    done = subprocess.run(command, stderr=subprocess.PIPE, timeout=30, env=environment, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


def test_the_wizard_says_that_it_needs_a_terminal() -> None:
    for words in ([], ["demo"]):
        done = subprocess.run(
            [*SMTPWIZARD, *words], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
        assert done.returncode == 3
        assert done.stdout == b""
        assert b"The wizard needs a terminal" in done.stderr


def in_terminal(command: list[str], environment: dict[str, str]) -> tuple[int, bytes]:
    """Run a command on a terminal of its own; what it ended with, and what it showed."""
    ours, its = pty.openpty()
    process = subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment, start_new_session=True)
    os.close(its)
    shown = b""
    try:
        while read := os.read(ours, 65536):
            shown += read
    except OSError:
        # Linux answers EIO once nobody holds the other end.
        pass
    finally:
        os.close(ours)
    return process.wait(30), shown


def test_a_dumb_terminal_is_shown_plain_text(served: dict[str, Served]) -> None:
    environment = {**os.environ, "PRACTICE_PASSWORD": served["all-well"].scenario.password, "TERM": "dumb"}
    command = [*SMTPWIZARD, *arguments(served["all-well"])]
    ended, shown = in_terminal(command, environment)
    assert ended == 0
    assert b"\x1b" not in shown
    ended, shown = in_terminal(command, environment | {"TERM": "xterm-256color", "NO_COLOR": "1"})
    assert b"\x1b" not in shown
    ended, shown = in_terminal(command, environment | {"TERM": "xterm-256color"})
    assert b"\x1b[" in shown
    ended, shown = in_terminal([*SMTPWIZARD], environment)
    assert ended == 3
    assert b"cannot draw on this terminal" in shown
    assert b"\x1b" not in shown


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        ("folder", "is a folder"),
        (b"A=1\n" * 500_000, "larger than"),
        (bytes(range(1, 256)), "not UTF-8"),
        (b"SMTP_HOST=h\0", "NUL"),
        (b"SMTP_HOST=\xff", "not UTF-8"),
        (b"", "uses no names"),
        (b"\x1b]0;x\x07=1\n", "uses no names"),
        (b"SMTP_HOST=h\nSMTP_PORT=70000\n", "70000"),
        (b"MAIL_MAILER=smtp\nMAIL_HOST='h\nMAIL_PORT=25\n", "refuses"),
    ],
    ids=["missing", "folder", "2 MB", "binary", "NUL", "not UTF-8", "empty", "escapes", "port", "quote"],
)
def test_a_settings_file_that_cannot_be_used_is_told_in_a_sentence(
    content: bytes | str | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / ".env"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    command = [*SMTPWIZARD, "check", "--env", str(path), "--no-input", "--json"]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    told = done.stderr.decode()
    assert done.returncode == 2, told
    assert done.stdout == b""
    assert words in told
    assert told.rstrip("\n").isprintable()


def test_names_that_two_programs_read_differently_ask_for_the_target(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    # django-environ takes the value of another variable, python-decouple the dollar sign.
    path.write_text("EMAIL_HOST=a.test\nEMAIL_PORT=587\nEMAIL_HOST_USER=u\nEMAIL_HOST_PASSWORD=$EMAIL_HOST\n")
    command = [*SMTPWIZARD, "check", "--env", str(path), "--no-input"]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 2
    assert b"Say which one with --for: django, django-decouple." in done.stderr


@pytest.mark.parametrize("mode", [[], ["--json"], ["--events"]])
def test_settings_that_a_terminal_would_obey_are_only_displayed(mode: list[str]) -> None:
    words = ["--username", "a\u202eb\x9b2J", "--from", "\x1b]0;x\x07", "--password-env", "HOME", "--timeout", "1"]
    command = [*SMTPWIZARD, "check", "--host", "a\x1b[2J.test", *words, "--no-input", *mode]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == b""
    for line in done.stdout.decode().splitlines():
        assert line.isprintable(), repr(line)


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes on POSIX only")
@pytest.mark.parametrize("option", ["--host", "--username", "--from", "--to", "--provider", "--mechanism", "--resolve"])
def test_an_argument_that_is_no_text_is_refused_in_a_sentence(option: str) -> None:
    words: list[bytes] = [b"--host", b"127.0.0.1", b"--from", b"a@b.c", b"--password-env", b"HOME"]
    command = [*map(os.fsencode, SMTPWIZARD), b"check", *words, b"--no-input", b"--json", option.encode(), b"a\xff\x1b"]
    done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.decode().rstrip("\n").isprintable()
