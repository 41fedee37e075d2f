from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.integration.conftest import OpenTerminal
from tests.integration.parts.mail_server import MailServer
from tests.integration.parts.mailboxes import ALICE, BOB
from tests.integration.parts.secret_service import SecretService
from tests.integration.parts.tmux import Terminal

pytestmark = pytest.mark.real

SENDER = """
import os, smtplib, ssl, sys
from email.message import EmailMessage
from dotenv import load_dotenv

load_dotenv(sys.argv[1], override=True)
message = EmailMessage()
message["From"], message["To"], message["Subject"] = os.environ["SMTP_FROM"], sys.argv[2], sys.argv[3]
message.set_content("Sent by a program that read the exported file.")
assert os.environ["SMTP_SECURITY"] == "starttls"
with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])) as server:
    server.starttls(context=ssl.create_default_context(cafile=sys.argv[4]))
    server.login(os.environ["SMTP_USERNAME"], os.environ["SMTP_PASSWORD"])
    server.send_message(message)
"""


def start_wizard(open_terminal: OpenTerminal, server: MailServer, folder: Path, env: Mapping[str, str]) -> Terminal:
    smtpwizard = Path(sys.executable).with_name("smtpwizard")
    command: list[str | Path] = [smtpwizard, "--ca-file", server.certificates.authority_file]
    return open_terminal(command, env, cwd=folder)


def fill_in(terminal: Terminal, server: MailServer, password: str) -> None:
    terminal.wait_for("Who takes your mail?")
    terminal.type("another server")
    terminal.wait_gone("Google Workspace")
    terminal.send("Enter")
    terminal.wait_for("What to do")
    terminal.send("Enter")
    terminal.wait_for("Who logs in, and where?")
    terminal.type("localhost")
    terminal.send("Tab", "C-u")
    terminal.type(str(server.ports["starttls"]))
    terminal.send("Tab", "Enter")
    terminal.wait_for("no encryption")
    terminal.send("Down", "Enter")
    terminal.wait_gone("no encryption")
    terminal.send("Tab")
    terminal.type(ALICE.address)
    terminal.send("Tab")
    terminal.type(password)
    terminal.send("Enter")


def export_and_send(terminal: Terminal, server: MailServer, folder: Path, subject: str) -> None:
    terminal.wait_for("Everything that was tried works")
    terminal.send("Enter")
    terminal.wait_for("Would it take your mail?")
    terminal.type(BOB.address)
    terminal.send("Enter")
    terminal.wait_for("250 2.1.5")
    terminal.send("C-n")
    terminal.wait_for("Where does your program read it?")
    terminal.wait_for("SMTP_SECURITY=starttls")
    assert ALICE.password not in terminal.screen()
    terminal.send("Enter")
    terminal.wait_for("Working")
    written = folder / ".env"
    assert written.stat().st_mode & 0o777 == 0o600
    authority = str(server.certificates.authority_file)
    command = [sys.executable, "-c", SENDER, str(written), BOB.address, subject, authority]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SMTP_")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert subject.encode() in server.mail.wait_for_message(subject.encode())


def test_from_a_provider_to_mail_that_arrives(open_terminal: OpenTerminal, postfix: MailServer, tmp_path: Path) -> None:
    terminal = start_wizard(open_terminal, postfix, tmp_path, {"HOME": str(tmp_path)})
    fill_in(terminal, postfix, ALICE.password)
    export_and_send(terminal, postfix, tmp_path, "journey-straight")
    terminal.send("Enter")
    assert terminal.wait_exit() == 0


def test_the_wrong_password_first_then_the_right_one(
    open_terminal: OpenTerminal, postfix: MailServer, tmp_path: Path
) -> None:
    terminal = start_wizard(open_terminal, postfix, tmp_path, {"HOME": str(tmp_path)})
    fill_in(terminal, postfix, "not-the-password")
    terminal.wait_for("that failed. Enter finds out why")
    terminal.send("Enter")
    terminal.wait_for("User name or password is wrong")
    terminal.send("1")
    terminal.wait_for("Who logs in, and where?")
    terminal.type(ALICE.password)
    terminal.send("Enter")
    export_and_send(terminal, postfix, tmp_path, "journey-detour")
    assert "not-the-password" not in (tmp_path / ".env").read_text()


def test_the_secret_is_kept_in_the_keyring_and_the_account_saved_for_another_test(
    open_terminal: OpenTerminal, postfix: MailServer, secret_service: SecretService, tmp_path: Path
) -> None:
    terminal = start_wizard(open_terminal, postfix, tmp_path, secret_service.environment)
    fill_in(terminal, postfix, ALICE.password)
    # The list follows the run, and has more checks by then than lines.
    terminal.resize(120, 40)
    terminal.wait_for("keyring gives the secret back")
    terminal.resize(80, 24)
    export_and_send(terminal, postfix, tmp_path, "journey-keyring")
    script = "import keyring; print(keyring.get_credential('smtpwizard', None).password)"
    kept = subprocess.run(
        [sys.executable, "-c", script], env=dict(secret_service.environment), capture_output=True, text=True, check=True
    )
    assert kept.stdout.strip() == ALICE.password
    terminal.send("s")
    terminal.wait_for("Save this account?")
    terminal.type("work")
    terminal.send("Enter")
    terminal.wait_for("Saved. Test it again")
    terminal.send("Enter")
    assert terminal.wait_exit() == 0
    check = [sys.executable, "-m", "smtpwizard", "check", "--profile", "work", "--no-input"]
    tested = subprocess.run(check, env=dict(secret_service.environment), capture_output=True, text=True, check=False)
    assert (tested.returncode, tested.stderr) == (0, ""), tested.stdout
    assert "keyring gives the secret back" in tested.stdout


def test_leaving_half_way_loses_nothing_without_a_question(
    open_terminal: OpenTerminal, postfix: MailServer, tmp_path: Path
) -> None:
    terminal = start_wizard(open_terminal, postfix, tmp_path, {"HOME": str(tmp_path)})
    fill_in(terminal, postfix, ALICE.password)
    terminal.wait_for("Everything that was tried works")
    terminal.send("C-c")
    terminal.wait_for("would be gone")
    terminal.send("n")
    terminal.wait_gone("would be gone")
    terminal.resize(50, 15)
    terminal.wait_for("Make it larger")
    terminal.resize(120, 40)
    terminal.wait_for("Everything that was tried works")
    terminal.send("C-c")
    terminal.wait_for("would be gone")
    terminal.send("y")
    assert terminal.wait_exit() == 0
    assert not (tmp_path / ".env").exists()
