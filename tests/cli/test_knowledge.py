from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from smtpwizard.cli import knowledge as command
from smtpwizard.knowledge import skeleton
from smtpwizard.knowledge.decode import DataFileError, Fault
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.knowledge.parse import parse
from smtpwizard.model.document import AuditDocument
from tests.audit.small import clean
from tests.cli.conftest import Run
from tests.knowledge.small import cause, write


def use(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(command, "load_knowledge", lambda: Knowledge(parse(folder)))


def test_an_audit_without_faults_has_status_0(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, write(tmp_path, **clean()))
    ran = run("knowledge", "audit")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == "2 providers, 3 causes, 4 signs, 20 nodes, 0 targets: 0 faults\n"


def test_faults_are_listed_with_file_entry_and_key(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = clean()
    entries["causes"]["bare"] = cause(source=[])
    use(monkeypatch, write(tmp_path, **entries))
    ran = run("knowledge", "audit")
    assert ran.status == 1
    assert ran.out.splitlines() == ["causes/bare.toml: sign: is empty", "causes/bare.toml: source: is empty"]
    assert ran.err.endswith(": 2 faults\n")


def test_faults_as_json_decode(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = clean()
    entries["causes"]["bare"] = cause(source=[])
    use(monkeypatch, write(tmp_path, **entries))
    ran = run("knowledge", "audit", "--json")
    assert (ran.status, ran.err) == (1, "")
    document = msgspec.json.decode(ran.out, type=AuditDocument)
    assert [(found.rule, found.key) for found in document.faults] == [("complete", "sign"), ("complete", "source")]


def test_files_that_cannot_be_loaded_are_faults_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Knowledge:
        raise DataFileError("knowledge files", [Fault("causes/a.toml", "sign[0]", "colour", "there is no such key")])

    monkeypatch.setattr(command, "load_knowledge", broken)
    ran = run("knowledge", "audit", "--json")
    assert ran.status == 1
    assert [(fault["file"], fault["entry"], fault["key"]) for fault in ran.json["faults"]] == [
        ("causes/a.toml", "sign[0]", "colour")
    ]
    assert run("knowledge", "audit").out == "causes/a.toml: sign[0]: colour: there is no such key\n"


def test_a_new_entry_is_written_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.setattr(skeleton.write_skeleton, "__kwdefaults__", {"folder": tmp_path})
    ran = run("knowledge", "new", "cause", "new-cause")
    assert (ran.status, ran.err) == (0, "")
    assert Path(ran.out.strip()) == tmp_path / "causes" / "new-cause.toml"
    again = run("knowledge", "new", "cause", "new-cause")
    assert (again.status, again.out) == (2, "")
    assert "There is a cause new-cause already" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["scenario", "x"], "scenario"), (["cause", "No Id"], "'No Id' is no id"), (["cause"], "ID")],
)
def test_what_cannot_be_written_is_named(run: Run, arguments: list[str], said: str) -> None:
    ran = run("knowledge", "new", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err
