from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from smtpwizard.profiles.folder import ProfileFolder
from tests.cli.conftest import Run

GMAIL = ("profiles", "save", "gmail", "--provider", "gmail", "--username", "ann@gmail.com")
APP_PASSWORD = "abcd efgh ijkl mnop"


class InMemory(KeyringBackend):
    priority = 1
    locked = False

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}

    def _open(self) -> dict[str, str]:
        if self.locked:
            raise KeyringLocked("Failed to unlock the collection!")
        return self.kept

    def get_password(self, service: str, username: str) -> str | None:
        return self._open().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._open()[username]


@pytest.fixture
def vault() -> InMemory:
    backend = InMemory()
    keyring.set_keyring(backend)
    return backend


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: bool) -> None:
    """Somebody sits there and answers every question like this."""
    monkeypatch.setattr("smtpwizard.cli.profiles._has_terminal", lambda: True)
    monkeypatch.setattr(click, "confirm", lambda *arguments, **options: answer)


def test_where_none_is_saved_the_way_to_one_is_told(run: Run) -> None:
    ran = run("profiles")
    assert (ran.status, ran.out) == (0, "")
    assert "smtpwizard profiles save NAME" in ran.err
    assert run("profiles", "--json").json == []


def test_a_secret_goes_to_the_keyring_and_nowhere_else(run: Run, vault: InMemory) -> None:
    ran = run(*GMAIL, "--password-stdin", stdin=APP_PASSWORD.encode() + b"\n")
    assert (ran.status, ran.out) == (0, "")
    assert "was saved: secret in the keyring" in ran.err
    assert "smtpwizard check --profile gmail" in ran.err
    [(entry, kept)] = vault.kept.items()
    assert kept == "abcdefghijklmnop"
    shown = run("profiles", "show", "gmail", "--json")
    assert shown.json["secret"] == {"in": "keyring", "backend": f"{__name__}.InMemory", "entry": entry}
    everything = ran.err + shown.out + run("profiles").out + run("profiles", "show", "gmail").out
    assert "abcd" not in everything + (ProfileFolder().path / "gmail.json").read_text()


@pytest.mark.parametrize(
    ("way", "place", "words"),
    [
        (
            ("--password-env", "GMAIL_PW"),
            {"in": "environment", "variable": "GMAIL_PW"},
            "environment variable GMAIL_PW",
        ),
        (("--token-command", "pass show x"), {"in": "command", "command": "pass show x"}, "command pass show x"),
        (("--no-secret",), {"in": "none"}, "no secret kept"),
    ],
)
def test_without_a_keyring_a_profile_says_where_the_secret_is(
    run: Run, way: tuple[str, ...], place: dict[str, str], words: str
) -> None:
    assert run(*GMAIL, *way).status == 0
    [row] = run("profiles", "--json").json
    assert (row["name"], row["secret"], row["tested"]) == ("gmail", place, None)
    assert row["account"]["host"] == "smtp.gmail.com"
    listed = run("profiles").out
    assert "gmail  ann@gmail.com at smtp.gmail.com port 465, TLS\n" in listed
    assert words in listed
    assert "not tested yet" in listed


def test_a_variable_that_is_not_set_is_pointed_out_and_no_obstacle(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GMAIL_PW is not set" in run(*GMAIL, "--password-env", "GMAIL_PW").err
    monkeypatch.setenv("GMAIL_PW", "x")
    assert "not set" not in run(*GMAIL, "--password-env", "GMAIL_PW", "--yes").err


def test_what_a_profile_keeps_of_how_to_connect(run: Run, ca_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(ca_file).parent)
    way = ("--ca-file", "ca.pem", "--timeout", "3", "--ehlo", "me.example", "--resolve", "a.example:25:127.0.0.1")
    assert run("profiles", "save", "a", "--host", "a.example", "--nameserver", "127.0.0.1", *way).status == 0
    [row] = run("profiles", "--json").json
    assert row["ca_file"] == ca_file
    assert (row["timeout"], row["ehlo"], row["nameserver"]) == (3.0, "me.example", "127.0.0.1")
    assert row["resolve"] == ["a.example:25:127.0.0.1"]
    page = run("profiles", "show", "a").out
    assert all(value in page for value in (ca_file, "3 s", "me.example", "a.example:25:127.0.0.1"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Work", "--host", "a"), "such as 'work'"),
        (("a",), "Name an account"),
        (("a", "--host", "a", "--username", "ann"), "There is a user name and no secret"),
        (("a", "--host", "a", "--password-stdin"), "no user name"),
        (("a", "--host", "a", "--password-env", "X"), "no user name"),
        (("a", "--host", "a", "--username", "b", "--password-env", "X", "--no-secret"), "one way"),
        (("a", "--host", "a", "--ca-file", "/nowhere.pem"), "/nowhere.pem"),
        (("a", "--host", "a", "--nameserver", "x"), "--nameserver x"),
        (("a", "--host", "a", "--send"), "No such option"),
        (("a", "--provider", "postmark", "--username", "t0ken", "--password-env", "X"), "holds no secret"),
    ],
)
def test_what_cannot_be_saved_is_told_and_nothing_is(run: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = run("profiles", "save", *arguments, stdin=b"hunter2")
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
    assert ProfileFolder().names() == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--password-stdin", "--encrypt"), "--passphrase-env VAR"),
        (("--password-stdin", "--encrypt", "--passphrase-env", "NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE is not set"),
        (("--no-secret", "--encrypt"), "--encrypt is for a secret that is typed"),
    ],
)
def test_an_encrypted_file_needs_a_secret_and_a_passphrase(run: Run, options: tuple[str, ...], said: str) -> None:
    ran = run(*GMAIL, *options, stdin=b"hunter2")
    assert (ran.status, said in ran.err) == (2, True)
    assert ProfileFolder().names() == ()


def test_a_locked_keyring_leaves_nothing_half_saved(run: Run, vault: InMemory) -> None:
    vault.locked = True
    ran = run(*GMAIL, "--password-stdin", stdin=b"hunter2")
    assert ran.status == 3
    assert "Nothing was saved: the keyring is locked" in ran.err
    assert ProfileFolder().names() == ()


def test_a_profile_is_replaced_only_where_that_is_said(
    run: Run, vault: InMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*GMAIL, "--password-stdin", stdin=b"hunter2")
    before = ProfileFolder().read("gmail")
    refused = run(*GMAIL, "--no-secret")
    assert (refused.status, "--yes replaces it" in refused.err) == (2, True)
    with monkeypatch.context() as terminal:
        at_a_terminal(terminal, answer=False)
        assert run(*GMAIL, "--no-secret").status == 130
    assert ProfileFolder().read("gmail") == before
    assert run(*GMAIL, "--no-secret", "--yes").status == 0
    assert vault.kept == {}


def test_removing_asks_and_takes_the_secret_along(run: Run, vault: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*GMAIL, "--password-stdin", stdin=b"hunter2")
    refused = run("profiles", "remove", "gmail")
    assert (refused.status, "Say --yes to remove the profile gmail and its secret" in refused.err) == (2, True)
    vault.locked = True
    locked = run("profiles", "remove", "gmail", "--yes")
    assert (locked.status, "--keep-secret" in locked.err) == (3, True)
    assert ProfileFolder().names() == ("gmail",)
    vault.locked = False
    at_a_terminal(monkeypatch, answer=True)
    assert run("profiles", "remove", "gmail").status == 0
    assert (ProfileFolder().names(), vault.kept) == ((), {})


def test_a_profile_may_go_without_its_secret(run: Run, vault: InMemory) -> None:
    run(*GMAIL, "--password-stdin", stdin=b"hunter2")
    vault.locked = True
    assert run("profiles", "remove", "gmail", "--yes", "--keep-secret").status == 0
    assert list(vault.kept.values()) == ["hunter2"]


def test_another_name_needs_no_keyring_and_keeps_the_secret(run: Run, vault: InMemory) -> None:
    run(*GMAIL, "--password-stdin", stdin=b"hunter2")
    vault.locked = True
    assert run("profiles", "rename", "gmail", "home").status == 0
    vault.locked = False
    assert run("export", "--profile", "home", "--for", "django").out.count("hunter2") == 1


@pytest.mark.parametrize("command", [("show",), ("remove", "--yes"), ("rename", "new")])
def test_an_unknown_name_gets_the_one_that_is_near(run: Run, command: tuple[str, ...]) -> None:
    run(*GMAIL, "--no-secret")
    ran = run("profiles", command[0], "gmial", *command[1:])
    assert (ran.status, ran.out) == (2, "")
    assert "There is no profile 'gmial'. Near it: gmail." in ran.err


def test_a_broken_file_hides_no_other_profile_and_can_be_removed(run: Run) -> None:
    run(*GMAIL, "--no-secret")
    broken = ProfileFolder().path / "broken.json"
    broken.write_text(json.dumps({"host": "a\x1b[2J", "port": 1, "security": "tls", "colour": 1}))
    ran = run("profiles")
    assert ran.status == 2
    assert "ann@gmail.com" in ran.out
    assert "broken.json is broken: Object contains unknown field `colour`" in ran.err
    assert run("profiles", "--json").json[0]["name"] == "gmail"
    assert run("check", "--profile", "broken").status == 2
    assert run("profiles", "remove", "broken", "--yes").status == 2
    assert run("profiles", "remove", "broken", "--yes", "--keep-secret").status == 0
    assert not broken.exists()


def test_what_stands_in_a_file_is_shown_and_never_obeyed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ProfileFolder().path
    folder.mkdir(parents=True)
    hostile = {"host": "a\x1b[2J\u202e", "port": 1, "security": "tls", "username": "\x07", "ehlo": "\x1b]0;x\x07"}
    (folder / "bad.json").write_text(json.dumps({**hostile, "secret": {"in": "command", "command": "\x1b[31m"}}))
    for command in (("profiles",), ("profiles", "show", "bad"), ("profiles", "--json")):
        out = run(*command).out
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_json_stands_where_it_is_understood(run: Run) -> None:
    ran = run("profiles", "--json", "show", "gmail")
    assert (ran.status, "--json stands after show" in ran.err) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_a_folder_that_may_not_be_used_is_a_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    ran = run(*GMAIL, "--no-secret")
    assert (ran.status, "Traceback" in ran.err) == (3, False)
