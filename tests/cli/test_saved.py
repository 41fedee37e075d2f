from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import keyring
import msgspec
import pytest

from smtpwizard.model.profile import InKeyring, InVariable, LastTest, Profile
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import Served, run_in_thread
from smtpwizard.profiles.folder import ProfileFolder
from tests.cli.conftest import Run
from tests.cli.test_profiles import InMemory

LINT = ("--only", "settings.lint")


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Authority() as authority, run_in_thread(load_scenarios()["all-well"], ca=authority) as playing:
        yield playing[0]


@pytest.fixture
def vault() -> InMemory:
    backend = InMemory()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture
def folder() -> ProfileFolder:
    """Where the program looks for profiles in this test."""
    return ProfileFolder()


def save(run: Run, served: Served, name: str, *more: str, password: str | None = None) -> None:
    """Save the account that the practice server knows."""
    words = ["profiles", "save", name, "--host", served.name, "--port", str(served.port)]
    words += ["--security", str(served.security), "--resolve", f"{served.name}:{served.port}:{served.host}"]
    words += ["--username", served.username, "--from", served.scenario.sender, "--ca-file", str(served.ca_file)]
    words += ["--timeout", "3"]
    way = [] if more else ["--password-stdin"]
    ran = run(*words, *way, *more, stdin=(password or served.scenario.password).encode())
    assert ran.status == 0, ran.err


def reports(text: str) -> dict[object, ReportDocument]:
    documents = [msgspec.json.decode(line, type=ReportDocument) for line in text.splitlines()]
    return {document.profile: document for document in documents}


def causes(document: ReportDocument) -> list[str]:
    return [cause.id for cause in document.causes]


CHECK = ("check", "--json", "--no-input", "--skip", "connect.ports")


def test_a_profile_is_tested_with_the_secret_of_the_keyring(run: Run, served: Served, vault: InMemory) -> None:
    save(run, served, "good")
    ran = run(*CHECK, "--profile", "good", "--to", "bob@example.test")
    report = msgspec.json.decode(ran.out, type=ReportDocument)
    assert (ran.status, ran.err, report.profile) == (0, "", "good")
    passed = {check.id for check in report.checks if check.status is Status.PASS}
    assert {"vault.secret", "auth.login", "rcpt.recipient"} <= passed
    assert served.scenario.password not in ran.out


def test_several_profiles_give_a_report_a_line_and_the_worst_status(
    run: Run, served: Served, vault: InMemory, tmp_path: Path
) -> None:
    save(run, served, "good")
    save(run, served, "bad", password="not-the-password")
    junit = tmp_path / "junit.xml"
    ran = run(*CHECK, "--profile", "good", "--profile", "bad", "--profile", "good", "--junit", str(junit))
    assert (ran.status, ran.err) == (1, "")
    found = reports(ran.out)
    assert len(ran.out.splitlines()) == 2
    assert {name: report.verdict for name, report in found.items()} == {"good": Status.PASS, "bad": Status.FAIL}
    assert causes(found["bad"])[0] == "wrong-password"
    suites = [suite.attrib["name"].partition(":")[0] for suite in ElementTree.parse(junit).getroot()]
    assert sorted(suites) == ["bad", "good"]


def test_several_profiles_are_told_as_text_one_after_the_other(run: Run, folder: ProfileFolder) -> None:
    for name in ("one", "two"):
        folder.write(name, Profile(f"{name}.example", 465, Security.TLS), before=None)
    ran = run("check", "--profile", "one", "--profile", "two", *LINT)
    assert (ran.status, ran.err) == (0, "")
    for name in ("one", "two"):
        assert f"{name}: Checking {name}.example port 465 (TLS)" in ran.out
    assert ran.out.count("Everything that was tried works.") == 2


def test_when_a_profile_was_last_tested_is_remembered(run: Run, served: Served, vault: InMemory) -> None:
    save(run, served, "good")
    # Without --skip, since only a whole run counts.
    words = ("check", "--json", "--no-input", "--profile", "good")
    started = run(*words).json["started"]
    [row] = run("profiles", "--json").json
    assert row["tested"]["at"] == started
    assert f"tested {started[:16].replace('T', ' ')} UTC" in run("profiles").out
    for other in (
        ("--only", "settings.lint"),
        ("--port", "1"),
        ("--username", "else", "--password-env", "HOME"),
        ("--from", "bob@example.test"),
        ("--ehlo", "host.example.test"),
        ("--timeout", "4"),
    ):
        run(*words, *other)
    assert run("profiles", "--json").json == [row]


def test_a_result_that_cannot_be_remembered_is_a_note(
    run: Run, folder: ProfileFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = folder.write("one", Profile("one\u200b example", 465, Security.TLS), before=None)

    def gone(self: ProfileFolder, *arguments: object) -> None:
        self.read("nobody")

    monkeypatch.setattr(ProfileFolder, "note", gone)
    ran = run("check", "--profile", "one")
    assert (ran.status, "Note: the result is not remembered" in ran.err) == (1, True)
    assert folder.read("one") == saved


@pytest.mark.parametrize(
    ("state", "cause"),
    [("locked", "keyring-locked"), ("emptied", "keyring-loses-secrets"), ("none", "no-keyring")],
)
def test_a_keyring_that_does_not_give_the_secret_is_the_cause(
    run: Run, served: Served, vault: InMemory, state: str, cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(run, served, "good")
    if state == "none":
        monkeypatch.setattr("smtpwizard.net.vault.choose_backend", lambda: None)
    else:
        vault.locked = state == "locked"
        vault.kept.clear()
    ran = run(*CHECK, "--profile", "good")
    report = msgspec.json.decode(ran.out, type=ReportDocument)
    assert (ran.status, causes(report)[0]) == (1, cause)
    assert {"vault.secret": Status.FAIL, "auth.login": Status.SKIP}.items() <= {
        check.id: check.status for check in report.checks
    }.items()
    refused = run("export", "--profile", "good", "--for", "django")
    assert (refused.status, refused.out) == (3, "")
    assert "The secret of the profile good is not to be had" in refused.err


def test_what_is_given_beside_a_profile_takes_its_place(run: Run, folder: ProfileFolder) -> None:
    profile = Profile("a.example", 465, Security.TLS, sender="ann@a.example", timeout=7, ehlo_name="me.example")
    folder.write("one", profile, before=None)
    words = ("check", "--profile", "one", "--json", *LINT)
    account = run(*words, "--to", "bob@a.example", "--from", "x@a.example", "--port", "587").json["account"]
    assert (account["from"], account["to"]) == ("x@a.example", "bob@a.example")
    assert (account["port"], account["security"]) == (587, "starttls")
    assert run(*words, "--security", "starttls").json["account"]["port"] == 587
    assert run(*words, "--host", "b.example").json["account"]["host"] == "b.example"


def test_the_secret_of_one_account_is_not_used_for_another(run: Run, served: Served, vault: InMemory) -> None:
    save(run, served, "good")
    for other in (("--username", "bob"), ("--host", "b.example")):
        ran = run(*CHECK, "--profile", "good", *other)
        assert (ran.status, ran.out) == (2, "")
        assert "There is a user name and no secret" in ran.err


def test_a_secret_comes_from_where_the_profile_says(
    run: Run, served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "token"
    script.write_text(f"#!/bin/sh\necho '{served.scenario.password}'\n")
    script.chmod(0o700)
    save(run, served, "variable", "--password-env", "PRACTICE")
    save(run, served, "command", "--token-command", str(script))
    save(run, served, "none", "--no-secret")
    monkeypatch.setenv("PRACTICE", served.scenario.password)
    ran = run(*CHECK, "--profile", "variable", "--profile", "command")
    assert (ran.status, ran.err) == (0, "")
    assert run(*CHECK, "--profile", "none", "--password-env", "PRACTICE").status == 0
    assert "There is a user name and no secret" in run(*CHECK, "--profile", "none").err
    monkeypatch.delenv("PRACTICE")
    assert "Profile variable: The environment variable PRACTICE is not set" in run(*CHECK, "--profile", "variable").err


@pytest.mark.timeout(400)
def test_a_secret_in_an_encrypted_file_is_opened_with_its_passphrase(
    run: Run, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORD", "a long passphrase")
    save(run, served, "box", "--password-stdin", "--encrypt", "--passphrase-env", "WORD")
    [file] = ProfileFolder().path.glob("*.age")
    assert served.scenario.password not in file.read_text()
    ran = run(*CHECK, "--profile", "box", "--passphrase-env", "WORD")
    assert (ran.status, ran.err) == (0, "")
    locked = run(*CHECK, "--profile", "box")
    assert (locked.status, "--passphrase-env VAR" in locked.err) == (2, True)
    assert run("profiles", "remove", "box", "--yes").status == 0
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "on"), "Near it: one"),
        (("--profile", "one", "--env", ".env"), "leave out --env"),
        (("--profile", "one", "--provider", "gmail"), "leave out --provider"),
        (("--profile", "one", "--accounts", "x"), "not both"),
        (("--profile", "one", "--profile", "two", "--events"), "--events is for one account"),
        (("--profile", "one", "--profile", "two", "--password-stdin"), "--password-stdin is for one account"),
        (("--profile", "one", "--profile", "two"), "Profile two: There is a user name and no secret"),
        (("--profile", "one", "--profile", "three"), "Profile three: The environment variable"),
        (("--profile", "one", "--profile", "four"), "There is no profile 'four'"),
        (("--profile", "one", "--profile", "five", "--only", "nonsense"), "There is no check 'nonsense'"),
    ],
)
def test_what_cannot_be_run_is_told_before_anything_is(
    run: Run, folder: ProfileFolder, arguments: tuple[str, ...], said: str
) -> None:
    one = Profile("one.example", 465, Security.TLS)
    folder.write("one", one, before=None)
    folder.write("two", msgspec.structs.replace(one, username="ann"), before=None)
    three = msgspec.structs.replace(one, username="ann", secret=InVariable("NOT_SET_ANYWHERE"))
    folder.write("three", three, before=None)
    folder.write("five", one, before=None)
    ran = run("check", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_export_takes_one_profile_with_its_secret_and_proves_it(
    run: Run, served: Served, vault: InMemory, tmp_path: Path
) -> None:
    save(run, served, "good")
    path = tmp_path / ".env"
    ran = run("export", "--profile", "good", "--for", "generic", "-o", str(path), "--yes", "--prove")
    assert ran.status == 0, ran.err
    assert served.scenario.password in path.read_text()
    assert "server takes user name and secret" in ran.out
    two = run("export", "--profile", "good", "--profile", "other", "--for", "generic")
    assert (two.status, "Name one profile" in two.err) == (2, True)


def test_a_profile_written_by_hand_is_used_as_any_other(run: Run, folder: ProfileFolder) -> None:
    folder.path.mkdir(parents=True)
    content = {"host": "a.example", "port": 465, "security": "tls", "from": "ann@a.example", "pin": "nonsense"}
    (folder.path / "mine.json").write_text(json.dumps(content))
    ran = run("check", "--profile", "mine", *LINT)
    assert (ran.status, "SHA-256 fingerprint" in ran.err) == (2, True)
    content["pin"] = "ab" * 32
    (folder.path / "mine.json").write_text(json.dumps(content))
    assert run("check", "--profile", "mine", *LINT).status == 0


def test_a_profile_keeps_its_last_test_where_only_part_of_it_is_run(run: Run, folder: ProfileFolder) -> None:
    tested = LastTest("2026-01-01T00:00:00Z", Status.PASS)
    kept = Profile("a.example", 465, Security.TLS, username="ann", secret=InKeyring("x", "y"), tested=tested)
    folder.write("one", kept, before=None)
    run("check", "--profile", "one", *LINT)
    assert folder.read("one").profile == kept
