from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.audit.audit import audit
from smtpwizard.checks.catalog import all_checks
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.knowledge.parse import parse
from smtpwizard.knowledge.skeleton import write_skeleton
from smtpwizard.model.errors import UsageError
from tests.knowledge.small import cause, provider, sign, trees, write

PLAIN = sign("535 wrong password", text=["wrong password"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "knowledge", causes={"known": cause(PLAIN)}, providers={"example": provider()}, tree=trees()
    )


def complaints(folder: Path) -> set[tuple[str, str]]:
    return {(fault.file, fault.key) for fault in audit(Knowledge(parse(folder)), all_checks()).faults}


def test_a_new_cause_is_well_formed_and_the_audit_complains_of_all_that_is_to_be_written(folder: Path) -> None:
    assert complaints(folder) == set()
    path = write_skeleton("cause", "new-cause", folder=folder)
    assert path == folder / "causes" / "new-cause.toml"
    assert complaints(folder) == {
        ("causes/new-cause.toml", key) for key in ("title", "explanation", "sure", "sign", "remedy", "source")
    }


def test_a_new_provider_is_well_formed_and_the_audit_complains_of_all_that_is_to_be_written(folder: Path) -> None:
    path = write_skeleton("provider", "new-provider", folder=folder)
    assert path == folder / "providers" / "new-provider.toml"
    assert complaints(folder) == {
        ("providers/new-provider.toml", key) for key in ("name", "summary", "endpoint", "guide", "source")
    }


@pytest.mark.parametrize("kind", ["cause", "provider"])
def test_the_tables_shown_in_a_skeleton_are_what_the_audit_wants(folder: Path, kind: str) -> None:
    path = write_skeleton(kind, "new-entry", folder=folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    kept = [line.removeprefix("# ") for line in lines if not line.endswith("= []") and not line.startswith("# Replace")]
    path.write_text("\n".join(kept).replace("TODO", "Written"), encoding="utf-8")
    assert complaints(folder) == set()


@pytest.mark.parametrize("kind", ["cause", "provider"])
def test_an_existing_file_is_never_overwritten(folder: Path, kind: str) -> None:
    path = write_skeleton(kind, "new-one", folder=folder)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=f"There is a {kind} new-one already"):
        write_skeleton(kind, "new-one", folder=folder)
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("entry_id", ["", "Wrong", "a b", "../evil", "-a", "a-", "a--b", "a.toml", "ü", "a\x1b[31m"])
def test_an_id_is_lower_case_words_joined_by_hyphens(folder: Path, entry_id: str) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(UsageError, match="is no id") as caught:
        write_skeleton("cause", entry_id, folder=folder)
    assert str(caught.value).isprintable()
    assert sorted(folder.rglob("*")) == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"new-one\.toml cannot be written: No such file or directory"):
        write_skeleton("cause", "new-one", folder=tmp_path)


def test_an_id_of_any_length_ends_in_a_sentence(folder: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_skeleton("cause", "a" * 300, folder=folder)
