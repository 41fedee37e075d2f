from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from smtpwizard.cli.accounts import parse_override
from smtpwizard.model.check import Options
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InFile, InKeyring, LastTest, Nowhere
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Status
from smtpwizard.profiles.folder import ProfileFolder
from smtpwizard.wizard.saving import asks_passphrase, profile_name, progress_profile, save_profile
from smtpwizard.wizard.state import Form, Keeping
from tests.tui.world import PASSWORD, MemoryVault, custom, ready

TESTED = Report(started="2026-01-01T00:00:00Z", verdict=Status.WARN)


@pytest.fixture
def folder(tmp_path: Path) -> ProfileFolder:
    return ProfileFolder(tmp_path)


def test_the_profile_says_what_was_entered_and_found_out() -> None:
    profile = progress_profile(ready(report=TESTED))
    assert (profile.host, profile.username, profile.provider) == ("smtp.gmail.com", "anna@gmail.com", "gmail")
    assert profile.tested == LastTest("2026-01-01T00:00:00Z", Status.WARN)
    assert profile.timeout is None
    assert progress_profile(ready()).tested is None


def test_how_the_server_was_reached_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = Options(timeout=3, ca_file="ca.pem", overrides=(parse_override("a.example:25:[::1]:2525"),))
    profile = progress_profile(ready(options=options))
    assert (profile.timeout, profile.ca_file) == (3, str(tmp_path / "ca.pem"))
    assert tuple(map(parse_override, profile.overrides)) == options.overrides


async def test_a_secret_of_the_keyring_gets_an_entry_of_the_profiles_own(folder: ProfileFolder) -> None:
    vault = MemoryVault()
    saved = await save_profile(ready(), vault, folder, "gmail")
    assert isinstance(saved.profile.secret, InKeyring)
    assert vault.kept == {saved.profile.secret.entry: Secret(PASSWORD)}


@pytest.mark.parametrize(
    ("keeping", "place"), [(Keeping.SESSION, Nowhere()), (Keeping.COMMAND, FromCommand("pass show mail"))]
)
async def test_a_secret_that_is_kept_elsewhere_is_not_put_into_the_keyring(
    folder: ProfileFolder, keeping: Keeping, place: Nowhere | FromCommand
) -> None:
    vault = MemoryVault("missing")
    saved = await save_profile(ready(keeping=keeping, source="pass show mail"), vault, folder, "gmail")
    assert (saved.profile.secret, vault.kept) == (place, {})


@pytest.mark.timeout(400)
async def test_a_secret_that_is_only_in_memory_may_go_to_an_encrypted_file(folder: ProfileFolder) -> None:
    progress, vault = ready(keeping=Keeping.SESSION), MemoryVault("missing")
    assert asks_passphrase(progress)
    saved = await save_profile(progress, vault, folder, "gmail", Secret("a long passphrase"))
    assert isinstance(saved.profile.secret, InFile)
    assert folder.read_secret(saved.profile.secret).startswith(b"-----BEGIN AGE")
    without = await save_profile(progress, vault, folder, "other", Secret(""))
    assert without.profile.secret == Nowhere()


@pytest.mark.parametrize("keeping", [Keeping.KEYRING, Keeping.COMMAND])
def test_a_secret_that_is_kept_needs_no_passphrase(keeping: Keeping) -> None:
    assert not asks_passphrase(ready(keeping=keeping))
    assert not asks_passphrase(custom(keeping=Keeping.SESSION, form=Form(host="a.example")))


async def test_a_name_that_is_taken_is_not_taken_over(folder: ProfileFolder) -> None:
    await save_profile(ready(), MemoryVault(), folder, "gmail")
    before = folder.read("gmail")
    with pytest.raises(UsageError, match="already"):
        await save_profile(replace(ready(), keeping=Keeping.SESSION), MemoryVault(), folder, "gmail")
    assert folder.read("gmail") == before


async def test_a_name_that_is_free_is_suggested(folder: ProfileFolder) -> None:
    for name in ("gmail", "gmail-2", "gmail-3"):
        assert profile_name(ready(), folder) == name
        await save_profile(ready(), MemoryVault(), folder, name)
    assert profile_name(custom(form=Form(host="smtp.Example.org")), folder) == "example.org"
    assert profile_name(custom(), folder) == "work-mail"
