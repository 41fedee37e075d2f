from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.profile import InFile, InKeyring, InVariable, LastTest, Nowhere, Profile
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.profiles import keeping
from smtpwizard.profiles.folder import ProfileFolder
from smtpwizard.profiles.lock import alone_in
from tests.checks.fakes import FakeVault

SECRET = Secret("hunter2-Zebra")
GMAIL = Profile("smtp.gmail.com", 465, Security.TLS, provider="gmail", username="ann@gmail.com")


@pytest.fixture
def folder(tmp_path: Path) -> ProfileFolder:
    return ProfileFolder(tmp_path)


def entry(profile: Profile) -> str:
    assert isinstance(profile.secret, InKeyring)
    return profile.secret.entry


async def test_the_keyring_has_the_secret_and_the_file_says_where(folder: ProfileFolder) -> None:
    vault = FakeVault()
    saved = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    assert vault.kept == {entry(saved.profile): SECRET}
    assert isinstance(saved.profile.secret, InKeyring)
    assert saved.profile.secret.backend == "test"
    assert "hunter2" not in saved.path.read_text()
    assert await keeping.load(vault, "gmail", saved.profile.secret) == SECRET


@pytest.mark.parametrize("outcome", ["missing", "locked", "loses", "timeout", "failed"])
async def test_where_the_keyring_does_not_keep_it_nothing_is_saved(
    folder: ProfileFolder, outcome: Literal["missing", "locked", "loses", "timeout", "failed"]
) -> None:
    with pytest.raises(CannotRunError, match=r"Nothing was saved: .*--encrypt.*--token-command .*--no-secret"):
        await keeping.save(folder, FakeVault(outcome=outcome), "gmail", GMAIL, SECRET)
    assert folder.names() == ()


async def test_a_file_that_cannot_be_written_leaves_no_secret_behind(folder: ProfileFolder) -> None:
    vault = FakeVault()
    seen = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    folder.write("gmail", msgspec.structs.replace(seen.profile, port=587), before=seen)
    with pytest.raises(UsageError, match="changed meanwhile"):
        await keeping.save(folder, vault, "gmail", GMAIL, Secret("new"), seen)
    assert vault.kept == {entry(seen.profile): SECRET}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("passphrase", [None, Secret("a long word")])
async def test_another_program_in_the_folder_holds_nothing_up(
    folder: ProfileFolder, passphrase: Secret | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "encrypted", lambda secret, word: b"age")
    async with asyncio.TaskGroup() as group:
        with alone_in(folder.path):
            saving = group.create_task(keeping.save(folder, FakeVault(), "gmail", GMAIL, SECRET, passphrase=passphrase))
            await asyncio.sleep(0.1)
            assert not saving.done()
    assert folder.names() == ("gmail",)


async def test_a_profile_in_the_place_of_another_takes_the_old_secret_away(folder: ProfileFolder) -> None:
    vault = FakeVault()
    first = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    second = await keeping.save(folder, vault, "gmail", GMAIL, Secret("new"), first)
    assert vault.kept == {entry(second.profile): Secret("new")}
    third = msgspec.structs.replace(GMAIL, secret=InVariable("X"))
    await keeping.save(folder, vault, "gmail", third, None, second)
    assert vault.kept == {}


async def test_removing_takes_the_secret_along(folder: ProfileFolder) -> None:
    vault = FakeVault()
    saved = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    await keeping.remove(folder, vault, saved)
    assert (folder.names(), vault.kept) == ((), {})


async def test_a_test_that_is_noted_meanwhile_keeps_nobody_from_removing(folder: ProfileFolder) -> None:
    vault = FakeVault()
    saved = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    folder.note(saved, LastTest("2026-01-01T00:00:00Z", Status.PASS))
    await keeping.remove(folder, vault, saved)
    assert (folder.names(), vault.kept) == ((), {})


async def test_a_profile_that_changed_meanwhile_keeps_its_secret(folder: ProfileFolder) -> None:
    vault = FakeVault()
    saved = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    folder.write("gmail", msgspec.structs.replace(saved.profile, port=587), before=saved)
    with pytest.raises(UsageError, match="changed meanwhile"):
        await keeping.remove(folder, vault, saved)
    assert vault.kept == {entry(saved.profile): SECRET}


async def test_a_secret_that_a_copy_of_the_profile_needs_stays(folder: ProfileFolder) -> None:
    vault = FakeVault()
    saved = await keeping.save(folder, vault, "gmail", GMAIL, SECRET)
    copy = folder.write("copy", saved.profile, before=None)
    await keeping.remove(folder, vault, saved)
    assert vault.kept == {entry(copy.profile): SECRET}
    await keeping.remove(folder, vault, copy)
    assert vault.kept == {}


async def test_a_profile_whose_secret_cannot_be_deleted_stays(folder: ProfileFolder) -> None:
    saved = await keeping.save(folder, FakeVault(), "gmail", GMAIL, SECRET)
    with pytest.raises(CannotRunError, match=r"not removed.*locked.*--keep-secret"):
        await keeping.remove(folder, FakeVault(outcome="locked"), saved)
    assert folder.names() == ("gmail",)


async def test_a_profile_without_a_kept_secret_needs_no_keyring(folder: ProfileFolder) -> None:
    none = FakeVault(outcome="missing")
    saved = await keeping.save(folder, none, "gmail", GMAIL, None)
    assert saved.profile.secret == Nowhere()
    await keeping.remove(folder, none, saved)
    assert folder.names() == ()


async def test_an_encrypted_secret_goes_with_its_profile_and_is_told_where_it_is_damaged(folder: ProfileFolder) -> None:
    place = InFile("gmail-01.age")
    folder.write_secret(place, b"damaged")
    saved = folder.write("gmail", msgspec.structs.replace(GMAIL, secret=place), before=None)
    with pytest.raises(UsageError, match=r"gmail-01\.age cannot be opened: .* damaged"):
        keeping.unlock(folder, place, SECRET)
    await keeping.remove(folder, FakeVault(outcome="missing"), saved)
    assert list(folder.path.glob("*.age")) == []


async def test_an_empty_passphrase_encrypts_nothing(folder: ProfileFolder) -> None:
    with pytest.raises(UsageError, match="passphrase is empty"):
        await keeping.save(folder, FakeVault(), "gmail", GMAIL, SECRET, passphrase=Secret(""))
    assert folder.names() == ()


@pytest.mark.parametrize(
    ("vault", "said"),
    [
        (FakeVault(), "nothing under this name any more, and it was kept in another one: KWallet"),
        (FakeVault(outcome="locked"), "the keyring is locked"),
        (FakeVault(outcome="missing"), "no keyring"),
    ],
)
async def test_a_secret_that_is_not_to_be_had_is_told_with_the_ways_out(vault: FakeVault, said: str) -> None:
    with pytest.raises(CannotRunError, match=said) as told:
        await keeping.load(vault, "gmail", InKeyring("KWallet", "entry"))
    assert "--password-stdin" in str(told.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"username": "hunter2-Zebra"}, "user name"), ({"host": "smtp://ann:hunter2-Zebra@a.example"}, "host")],
)
async def test_settings_that_hold_the_secret_are_not_written_down(
    folder: ProfileFolder, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as told:
        await keeping.save(folder, FakeVault(), "gmail", msgspec.structs.replace(GMAIL, **changes), SECRET)
    assert "hunter2" not in str(told.value)
    assert folder.names() == ()
