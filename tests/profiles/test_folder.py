from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.profile import FromCommand, InFile, InKeyring, InVariable, LastTest, Nowhere, Place, Profile
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.profiles.folder import ProfileFolder

GMAIL = Profile("smtp.gmail.com", 465, Security.TLS, provider="gmail", username="ann@gmail.com")
PLAIN = {"host": "a.example", "port": 587, "security": "starttls"}


@pytest.fixture
def folder(tmp_path: Path) -> ProfileFolder:
    return ProfileFolder(tmp_path / "not" / "there yet")


def placed(folder: ProfileFolder, name: str, content: object) -> Path:
    """A file as a person may have written it."""
    folder.path.mkdir(parents=True, exist_ok=True)
    path = folder.path / f"{name}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_nothing_is_there_at_first(folder: ProfileFolder) -> None:
    assert folder.names() == ()
    assert not folder.path.exists()


@pytest.mark.parametrize(
    "place", [Nowhere(), InKeyring("Secret Service", "ann@gmail.com 01"), InVariable("GMAIL"), FromCommand("pass x")]
)
def test_what_is_written_is_read_back_the_same(folder: ProfileFolder, place: Place) -> None:
    profile = msgspec.structs.replace(
        GMAIL,
        secret=place,
        sender="ann@example.org",
        recipient="bob@example.org",
        overrides=("a:1:127.0.0.1",),
        timeout=3.5,
        tested=LastTest("2026-01-01T00:00:00Z", Status.WARN),
    )
    saved = folder.write("gmail", profile, before=None)
    assert folder.read("gmail") == saved
    assert saved.profile == profile
    assert folder.names() == ("gmail",)
    assert {"from", "to", "resolve"} <= json.loads(saved.path.read_text()).keys()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_what_is_no_text_cannot_be_written_down(folder: ProfileFolder) -> None:
    odd = msgspec.structs.replace(GMAIL, secret=FromCommand(os.fsdecode(b"pass show \xff")))
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        folder.write("gmail", odd, before=None)
    assert folder.names() == ()


def test_only_its_owner_can_read_it(folder: ProfileFolder) -> None:
    path = folder.write("gmail", GMAIL, before=None).path
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_files_that_are_no_profiles_are_left_alone(folder: ProfileFolder) -> None:
    folder.write("gmail", GMAIL, before=None)
    for name in ("README.txt", "Work.json", ".hidden.json", "gmail.json~"):
        (folder.path / name).write_text("mine")
    assert folder.names() == ("gmail",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "JSON is malformed|Input data was truncated"),
        ("[" * 100_000, "is broken|larger"),
        ("[]", "Expected `object`"),
        ({**PLAIN, "password": "hunter2"}, "unknown field `password`"),
        ({"host": "a", "port": 1}, "missing required field `security`"),
        ({**PLAIN, "port": "587"}, r"Expected `int`, got `str` - at `\$.port`"),
        ({**PLAIN, "security": "ssl"}, r"at `\$.security`"),
        ({**PLAIN, "secret": {"in": "my head"}}, r"at `\$.secret"),
        ({**PLAIN, "secret": {"in": "keyring", "entry": "x", "value": "hunter2"}}, "value"),
        ({**PLAIN, "timeout": 0}, r"at `\$.timeout`"),
        ("\ufeff\0", "NUL"),
    ],
)
def test_a_broken_file_is_named_with_its_key_and_stays_as_it_is(
    folder: ProfileFolder, content: object, said: str
) -> None:
    path = placed(folder, "mine", content)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=said) as told:
        folder.read("mine")
    assert "mine.json" in str(told.value)
    assert "hunter2" not in str(told.value)
    with pytest.raises(UsageError, match="changed meanwhile"):
        folder.write("mine", GMAIL, before=None)
    assert path.read_bytes() == before


def test_an_unknown_name_gets_the_one_that_is_near(folder: ProfileFolder) -> None:
    folder.write("gmail", GMAIL, before=None)
    for call in (folder.read, folder.remove):
        with pytest.raises(UsageError, match="Near it: gmail"):
            call("gmial")
    with pytest.raises(UsageError, match="Near it: gmail"):
        folder.rename("gmial", "work")


def test_a_profile_that_changed_meanwhile_is_not_overwritten(folder: ProfileFolder) -> None:
    first = folder.write("gmail", GMAIL, before=None)
    second = folder.write("gmail", msgspec.structs.replace(GMAIL, port=587), before=first)
    with pytest.raises(UsageError, match="changed meanwhile"):
        folder.write("gmail", GMAIL, before=first)
    with pytest.raises(UsageError, match="changed meanwhile"), folder.removing(first):
        pytest.fail("it says something else by now")
    assert folder.read("gmail") == second
    with folder.removing(second):
        assert folder.names() == ("gmail",)
    assert folder.names() == ()


def test_a_name_that_is_taken_is_not_given_twice(folder: ProfileFolder) -> None:
    folder.write("one", GMAIL, before=None)
    folder.write("two", msgspec.structs.replace(GMAIL, port=587), before=None)
    with pytest.raises(UsageError, match="already"):
        folder.rename("one", "two")
    with pytest.raises(UsageError, match="cannot be the name"):
        folder.rename("one", "../two")
    folder.rename("one", "three")
    assert folder.names() == ("three", "two")
    assert folder.read("three").profile == GMAIL


def test_a_test_is_noted_and_nothing_else_changes(folder: ProfileFolder) -> None:
    saved = folder.write("gmail", GMAIL, before=None)
    for verdict in (Status.FAIL, Status.PASS):
        folder.note(saved, LastTest("2026-01-01T00:00:00Z", verdict))
        tested = folder.read("gmail").profile
        assert tested.tested == LastTest("2026-01-01T00:00:00Z", verdict)
        assert msgspec.structs.replace(tested, tested=None) == GMAIL


def test_a_test_of_what_the_profile_said_before_is_not_noted(folder: ProfileFolder) -> None:
    saved = folder.write("gmail", GMAIL, before=None)
    other = folder.write("gmail", msgspec.structs.replace(GMAIL, port=587), before=saved)
    folder.note(saved, LastTest("2026-01-01T00:00:00Z", Status.PASS))
    assert folder.read("gmail") == other


def test_a_test_that_was_noted_meanwhile_keeps_nobody_from_saving(folder: ProfileFolder) -> None:
    saved = folder.write("gmail", GMAIL, before=None)
    folder.note(saved, LastTest("2026-01-01T00:00:00Z", Status.PASS))
    changed = msgspec.structs.replace(GMAIL, port=587)
    assert folder.write("gmail", changed, before=saved).profile == changed


def test_who_uses_an_entry_of_the_keyring_is_known_though_another_file_is_broken(folder: ProfileFolder) -> None:
    folder.write("one", msgspec.structs.replace(GMAIL, secret=InKeyring("x", "entry")), before=None)
    folder.write("two", msgspec.structs.replace(GMAIL, secret=InKeyring("x", "other")), before=None)
    placed(folder, "broken", "{")
    assert folder.uses(InKeyring("another name", "entry")) == ("one",)


def test_an_encrypted_secret_lies_beside_the_profiles_and_is_none(folder: ProfileFolder) -> None:
    place = InFile("gmail-01.age")
    folder.write_secret(place, b"encrypted")
    assert folder.read_secret(place) == b"encrypted"
    assert (folder.path / place.file).stat().st_mode & 0o077 == 0
    assert folder.names() == ()
    folder.drop_secret(place)
    with pytest.raises(UsageError, match="not there any more"):
        folder.read_secret(place)


@pytest.mark.parametrize("file", ["../mine.age", "{folder}/sub/mine.age", "other.json"])
def test_a_file_of_the_persons_own_is_not_deleted(folder: ProfileFolder, file: str) -> None:
    folder.write("other", GMAIL, before=None)
    path = folder.secret_file(InFile(file.format(folder=folder.path)))
    path.parent.mkdir(exist_ok=True)
    path.touch()
    folder.drop_secret(InFile(file.format(folder=folder.path)))
    assert path.exists()


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRunError, match="folder"):
        ProfileFolder(tmp_path / "file" / "profiles").write("gmail", GMAIL, before=None)


WRITER = """
import sys
from pathlib import Path
from smtpwizard.model.profile import Profile, LastTest
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.profiles.folder import ProfileFolder
folder, me = ProfileFolder(Path(sys.argv[1])), sys.argv[2]
shared = folder.read("shared")
for number in range(20):
    folder.write(f"{me}-{number}", Profile("a.example", 587, Security.STARTTLS), before=None)
    folder.note(shared, LastTest(f"{me}-{number}", Status.PASS))
    try:
        folder.rename(f"{me}-{number}", f"taken-{number}")
    except Exception as error:
        assert "already" in str(error), error
"""


def test_writers_at_the_same_time_lose_nothing(folder: ProfileFolder) -> None:
    folder.write("shared", GMAIL, before=None)
    command = [sys.executable, "-c", WRITER, str(folder.path)]
    writers = [subprocess.Popen([*command, f"w{number}"], stderr=subprocess.PIPE) for number in range(4)]
    for writer in writers:
        _, told = writer.communicate(timeout=60)
        assert (writer.returncode, told) == (0, b"")
    names = folder.names()
    assert len(names) == 1 + 4 * 20
    assert sum(name.startswith("taken-") for name in names) == 20
    assert all(folder.read(name).profile.port for name in names)
    assert not [file for file in os.listdir(folder.path) if file.endswith(".tmp")]
