from __future__ import annotations

import json
import shlex
import socketserver
import sys
import threading
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


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--nameserver", "nonsense"], "--nameserver nonsense"), (["--only", "nonsense"], "There is no check 'nonsense'")],
)
def test_options_that_cannot_be_used_are_named_once(run: Run, tmp_path: Path, options: list[str], said: str) -> None:
    lines = [{"host": "127.0.0.1", "port": closed_port()}] * 3
    ran = run(*accounts(tmp_path, *lines), *options)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count(said) == 1


GREETED = """
import pathlib, sys, time
for _ in range(200):
    if pathlib.Path(sys.argv[1]).exists():
        print("hunter2")
        break
    time.sleep(0.05)
"""


class Greet(socketserver.StreamRequestHandler):
    """Greets, and notes that somebody answered."""

    met: Path

    def handle(self) -> None:
        self.wfile.write(b"220 mail.example.org\r\n")
        if self.rfile.readline():
            self.met.touch()


def test_a_session_goes_on_while_a_token_command_runs(run: Run, tmp_path: Path) -> None:
    """The second account's command ends well only once the first account's session has come to EHLO."""
    met = tmp_path / "met"
    handler = type("Here", (Greet,), {"met": met})
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        first = {"host": "127.0.0.1", "port": server.server_address[1], "security": "none"}
        command = shlex.join([sys.executable, "-c", GREETED, str(met)])
        second = {"host": "127.0.0.1", "port": closed_port(), "username": "ann", "token_command": command}
        ran = run(*accounts(tmp_path, first, second), "--only", "ehlo.extensions", "--timeout", "5")
    assert ran.err == ""
    assert len(ran.out.splitlines()) == 2
