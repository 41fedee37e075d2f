from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.integration.parts.mail_server import MailServer
from tests.integration.parts.mailboxes import ALICE, BOB
from tests.integration.parts.secret_service import SecretService

pytestmark = pytest.mark.real

KEPT = """
import keyring
found = keyring.get_credential("smtpwizard", None)
print("" if found is None else found.password, end="")
"""


def run(environment: Mapping[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program in the session of a keyring."""
    command = [sys.executable, "-m", "smtpwizard", *arguments]
    done = subprocess.run(
        command, input=stdin, env={**environment}, capture_output=True, text=True, timeout=90, check=False
    )
    assert "Traceback" not in done.stderr
    assert ALICE.password not in done.stdout + done.stderr
    return done


def save(environment: Mapping[str, str], server: MailServer, name: str) -> subprocess.CompletedProcess[str]:
    words = ["profiles", "save", name, "--host", "localhost", "--port", str(server.ports["starttls"])]
    words += ["--security", "starttls", "--username", ALICE.address, "--to", BOB.address, "--timeout", "5"]
    words += ["--ca-file", str(server.certificates.authority_file), "--password-stdin"]
    return run(environment, *words, stdin=ALICE.password)


def check(environment: Mapping[str, str], *more: str) -> tuple[int, list[dict[str, Any]]]:
    done = run(environment, "check", "--json", "--no-input", *more)
    try:
        return done.returncode, [json.loads(done.stdout)]
    except json.JSONDecodeError:
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def kept(environment: Mapping[str, str]) -> str:
    """What the keyring has for this program, as another program sees it."""
    command = [sys.executable, "-c", KEPT]
    return subprocess.run(command, env={**environment}, capture_output=True, text=True, check=True).stdout


def test_an_account_is_saved_shown_tested_renamed_and_removed(
    postfix: MailServer, secret_service: SecretService
) -> None:
    environment = secret_service.environment
    saved = save(environment, postfix, "work")
    assert (saved.returncode, "Secret Service" in saved.stderr) == (0, True), saved.stderr
    assert kept(environment) == ALICE.password
    shown = json.loads(run(environment, "profiles", "show", "work", "--json").stdout)
    assert (shown["account"]["username"], shown["secret"]["in"]) == (ALICE.address, "keyring")
    [file] = (secret_service.home / ".config").rglob("work.json")
    assert ALICE.password not in file.read_text()

    status, [report] = check(environment, "--profile", "work")
    passed = {item["id"] for item in report["checks"] if item["status"] == "pass"}
    assert (status, report["verdict"], report["profile"]) == (0, "pass", "work")
    assert {"vault.secret", "auth.login", "rcpt.recipient"} <= passed
    assert "✓ passed, tested" in run(environment, "profiles").stdout

    assert run(environment, "profiles", "rename", "work", "office").returncode == 0
    assert save(environment, postfix, "home").returncode == 0
    status, reports = check(environment, "--profile", "office", "--profile", "home")
    assert (status, {report["profile"] for report in reports}) == (0, {"office", "home"})
    for name in ("office", "home"):
        assert run(environment, "profiles", "remove", name, "--yes").returncode == 0
    assert (kept(environment), run(environment, "profiles", "--json").stdout.strip()) == ("", "[]")


def test_a_keyring_that_was_locked_meanwhile_is_the_cause(postfix: MailServer, secret_service: SecretService) -> None:
    environment = secret_service.environment
    assert save(environment, postfix, "work").returncode == 0
    secret_service.lock()
    status, [report] = check(environment, "--profile", "work")
    assert (status, report["causes"][0]["id"]) == (1, "keyring-locked")
    removed = run(environment, "profiles", "remove", "work", "--yes")
    assert (removed.returncode, "the keyring is locked" in removed.stderr) == (3, True)
    again = save(environment, postfix, "other")
    assert (again.returncode, "Nothing was saved: the keyring is locked" in again.stderr) == (3, True)
    assert [row["name"] for row in json.loads(run(environment, "profiles", "--json").stdout)] == ["work"]


def test_without_a_keyring_nothing_is_half_saved_and_the_ways_out_are_told(
    postfix: MailServer, secret_service: SecretService
) -> None:
    environment = dict(secret_service.environment)
    assert save(environment, postfix, "work").returncode == 0
    del environment["DBUS_SESSION_BUS_ADDRESS"]
    status, [report] = check(environment, "--profile", "work")
    assert (status, report["causes"][0]["id"]) == (1, "no-keyring")
    refused = save(environment, postfix, "other")
    assert (refused.returncode, "--token-command" in refused.stderr) == (3, True)
    assert [row["name"] for row in json.loads(run(environment, "profiles", "--json").stdout)] == ["work"]


def test_an_entry_that_was_deleted_elsewhere_is_the_cause(postfix: MailServer, secret_service: SecretService) -> None:
    environment = secret_service.environment
    assert save(environment, postfix, "work").returncode == 0
    entry = json.loads(run(environment, "profiles", "show", "work", "--json").stdout)["secret"]["entry"]
    delete = "import keyring, sys; keyring.delete_password('smtpwizard', sys.argv[1])"
    subprocess.run([sys.executable, "-c", delete, entry], env={**environment}, check=True)
    status, [report] = check(environment, "--profile", "work")
    assert (status, report["causes"][0]["id"]) == (1, "keyring-loses-secrets")
