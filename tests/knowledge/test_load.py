from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from smtpwizard.knowledge import load
from smtpwizard.knowledge import parse as parsing
from smtpwizard.knowledge.decode import DataFileError, Fault
from smtpwizard.knowledge.load import Knowledge, build_index, load_knowledge
from smtpwizard.knowledge.parse import parse
from smtpwizard.model.stage import Stage
from tests.knowledge.small import cause, provider, sign, toml, tree, trees, write

PLAIN = sign("535 wrong password", text=["wrong password"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "knowledge",
        causes={"wrong-password": cause(PLAIN), "locked": cause(sign("account locked", text=["account locked"]))},
        providers={"example": provider()},
        tree=trees(),
        tools={"swaks": ["=== trying"]},
    )


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(DataFileError) as caught:
        parse(folder)
    return caught.value.faults


def test_entries_are_known_by_the_names_of_their_files(folder: Path) -> None:
    knowledge = load_knowledge(folder=folder)
    assert set(knowledge.causes) == {"wrong-password", "locked"}
    assert knowledge.causes["locked"].id == "locked"
    assert knowledge.providers["example"].id == "example"
    assert knowledge.tree[Stage.AUTH].stage is Stage.AUTH
    assert knowledge.tools["swaks"].words == ("=== trying",)
    assert knowledge.interceptors == ("Example Shield",)
    assert [company.name for company in knowledge.hosting] == ["Example Cloud"]
    assert [software.name for software in knowledge.software] == ["Example MTA"]
    assert knowledge.stages == {"wrong-password": Stage.AUTH, "locked": Stage.AUTH}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (cause(PLAIN, colour="red"), Fault("causes/bad.toml", "", "colour", "there is no such key")),
        (
            cause({"when": {"text": ["x y"], "colour": ["red"]}}),
            Fault("causes/bad.toml", "sign[0].when", "colour", "there is no such key"),
        ),
        (
            cause(PLAIN, remedy=[{"steps": ["one"]}]),
            Fault("causes/bad.toml", "remedy[0]", "text", "this key is missing"),
        ),
        (
            {key: value for key, value in cause(PLAIN).items() if key != "proof"},
            Fault("causes/bad.toml", "", "proof", "this key is missing"),
        ),
        (cause(PLAIN, title=7), Fault("causes/bad.toml", "", "title", "Expected `str`, got `int`")),
        (
            cause(PLAIN, stage="lunch"),
            Fault("causes/bad.toml", "", "stage", "Invalid enum value 'lunch'"),
        ),
        (
            cause(sign("x y", text="x y")),
            Fault("causes/bad.toml", "sign[0].when", "text", "Expected `array`, got `str`"),
        ),
    ],
)
def test_a_fault_names_file_entry_and_key(folder: Path, entry: dict[str, object], expected: Fault) -> None:
    (folder / "causes" / "bad.toml").write_text(toml(entry), encoding="utf-8")
    assert faults(folder) == (expected,)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'title = "\xff\xfe"', "is not UTF-8"),
        (b"title = ", "is no valid TOML: Invalid value (at end of document)"),
        (b"a = 1\na = 2\n", "is no valid TOML: Cannot overwrite a value (at line 2, column 6)"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_named(folder: Path, content: bytes, problem: str) -> None:
    (folder / "providers" / "broken.toml").write_bytes(content)
    assert faults(folder) == (Fault("providers/broken.toml", "", "", problem),)


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "causes" / "dangling.toml").symlink_to(folder / "nowhere")
    with pytest.raises(DataFileError, match=r"causes/dangling\.toml: cannot be read: No such file"):
        load_knowledge(folder=folder)


def test_a_tree_file_is_named_after_a_stage(folder: Path) -> None:
    (folder / "tree" / "lunch.toml").write_text(toml(tree({"type": "conclusion", "id": "end"})), encoding="utf-8")
    assert faults(folder) == (Fault("tree/lunch.toml", "", "", "'lunch' is no stage; the file's name must be one"),)


def test_all_faults_are_listed_at_once_and_sorted(folder: Path) -> None:
    (folder / "providers" / "z.toml").write_text("x = [", encoding="utf-8")
    (folder / "causes" / "b.toml").write_text(toml(cause(PLAIN, colour="red")), encoding="utf-8")
    (folder / "causes" / "a.toml").write_bytes(b"\xff")
    (folder / "tools.toml").unlink()
    with pytest.raises(DataFileError) as caught:
        parse(folder)
    assert [fault.file for fault in caught.value.faults] == [
        "causes/a.toml",
        "causes/b.toml",
        "knowledge/tools.toml",
        "providers/z.toml",
    ]
    assert "causes/b.toml: colour: there is no such key" in str(caught.value)


def test_the_order_of_files_and_entries_does_not_matter(tmp_path: Path) -> None:
    signs = [sign("535 one two", text=["one two"]), sign("535 three four", text=["three four"], code=[535])]
    entries = {"b": cause(*signs), "a": cause(sign("550 five six", text=["five six"]))}
    forward = write(tmp_path / "one", causes=entries, tree=trees())
    mirrored = {key: cause(*reversed(entry["sign"])) for key, entry in reversed(entries.items())}
    backward = write(tmp_path / "two", causes=mirrored, tree=trees())
    one, other = (Knowledge(parse(order)).signs for order in (forward, backward))
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "smtpwizard"


def refuse_to_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(data: Path, *, stamp: str = "") -> None:
        raise AssertionError("the files were parsed although the index fits them")

    monkeypatch.setattr(parsing, "parse", refuse)


def test_an_index_that_fits_saves_the_parsing(folder: Path, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_knowledge(folder=folder)
    assert len(list(fresh_cache.iterdir())) == 1
    refuse_to_parse(monkeypatch)
    second = load_knowledge(folder=folder)
    assert second.causes == first.causes
    assert msgspec.json.encode(second.signs) == msgspec.json.encode(first.signs)


def test_the_index_is_rebuilt_when_a_file_changes(folder: Path, fresh_cache: Path) -> None:
    load_knowledge(folder=folder)
    changed = folder / "causes" / "locked.toml"
    text = changed.read_text(encoding="utf-8")
    changed.write_text(text.replace("Something is wrong", "Something is amiss"), encoding="utf-8")
    os.utime(changed, ns=(0, changed.stat().st_mtime_ns + 1_000_000))
    assert load_knowledge(folder=folder).causes["locked"].title == "Something is amiss"


def test_the_index_is_rebuilt_when_a_file_comes_or_goes(folder: Path, fresh_cache: Path) -> None:
    load_knowledge(folder=folder)
    (folder / "causes" / "new.toml").write_text(toml(cause(PLAIN)), encoding="utf-8")
    assert "new" in load_knowledge(folder=folder).causes
    (folder / "causes" / "new.toml").unlink()
    assert "new" not in load_knowledge(folder=folder).causes


def test_an_index_of_another_version_is_not_used(
    folder: Path, fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_knowledge(folder=folder)
    (index,) = fresh_cache.iterdir()
    before = index.read_bytes()
    monkeypatch.setattr(load, "__version__", "999.0")
    load_knowledge(folder=folder)
    assert index.read_bytes() != before


@pytest.mark.parametrize("content", [b"", b"\x00\xff nonsense", msgspec.msgpack.encode({"stamp": 1})])
def test_a_damaged_index_is_built_anew(folder: Path, fresh_cache: Path, content: bytes) -> None:
    load_knowledge(folder=folder)
    (index,) = fresh_cache.iterdir()
    index.write_bytes(content)
    assert set(load_knowledge(folder=folder).causes) == {"wrong-password", "locked"}
    assert index.read_bytes() != content


def test_a_cache_folder_that_cannot_be_written_is_no_failure(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "occupied"))
    assert set(load_knowledge(folder=folder).causes) == {"wrong-password", "locked"}


def test_a_faulty_folder_leaves_no_index(folder: Path, fresh_cache: Path) -> None:
    (folder / "causes" / "bad.toml").write_text("x = [", encoding="utf-8")
    with pytest.raises(DataFileError):
        load_knowledge(folder=folder)
    assert not fresh_cache.exists()


def test_the_shipped_index_holds_what_the_files_say(folder: Path) -> None:
    sections = msgspec.msgpack.decode(build_index(folder), type=load.Sections)
    assert Knowledge(sections).causes == Knowledge(parse(folder)).causes
