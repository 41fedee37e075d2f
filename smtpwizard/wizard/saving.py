"""Saves the account that the wizard has proven as a profile."""

from __future__ import annotations

import re

from smtpwizard.model.check import Options
from smtpwizard.model.errors import UsageError
from smtpwizard.model.ports import Vault
from smtpwizard.model.profile import LastTest, Nowhere, Profile
from smtpwizard.model.secret import Secret
from smtpwizard.profiles import keeping
from smtpwizard.profiles.building import profile_of
from smtpwizard.profiles.folder import ProfileFolder, Saved
from smtpwizard.profiles.name import suggested_name
from smtpwizard.wizard.account import account_of, kept_elsewhere
from smtpwizard.wizard.state import Keeping, Progress


def profile_name(progress: Progress, folder: ProfileFolder) -> str:
    """A name for the account that no profile has yet.

    Raises:
        CannotRunError: the folder of the profiles may not be read.
    """
    provider = progress.provider
    known = provider is not None and provider.kind != "local" and bool(provider.endpoint)
    text = provider.id if provider is not None and known else re.sub(r"^(?:smtp|mail)\.", "", progress.form.host)
    first, taken = suggested_name(text), set(folder.names())
    names = (first, *(f"{first[:60]}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def progress_profile(progress: Progress) -> Profile:
    """The account as a profile, with what was found out about it. A secret that the wizard has is no part of it."""
    account, options, report = account_of(progress), progress.options or Options(), progress.report
    tested = LastTest(report.started, report.verdict) if report is not None and report.verdict is not None else None
    return profile_of(account, options, kept_elsewhere(progress) or Nowhere(), tested)


def asks_passphrase(progress: Progress) -> bool:
    """Whether the secret is in nothing but memory, so that a file that a passphrase encrypts could keep it."""
    return progress.keeping is Keeping.SESSION and progress.secret_held and account_of(progress).username is not None


async def save_profile(
    progress: Progress, vault: Vault, folder: ProfileFolder, name: str, passphrase: Secret | None = None
) -> Saved:
    """Save it under a new name; the secret goes to the keyring where it has been kept there so far.

    With a passphrase, one that was in nothing but memory goes to a file that it encrypts.

    Raises:
        UsageError: the name cannot be used or is taken, or the settings hold the secret.
        CannotRunError: the keyring does not keep the secret, or the file cannot be written.
    """
    if name in folder.names():
        raise UsageError(f"There is a profile {name} already. Choose another name.")
    profile = progress_profile(progress)
    if asks_passphrase(progress):
        word, secret = passphrase or None, progress.secret if passphrase else None
    else:
        kept = progress.keeping is Keeping.KEYRING and profile.username is not None
        word, secret = None, progress.secret if kept else None
    return await keeping.save(folder, vault, name, profile, secret, None, progress.provider, word)
