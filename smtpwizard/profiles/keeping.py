"""Saves a profile together with its secret, fetches the secret, and takes both away: all of it or nothing."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

import msgspec

from smtpwizard.export.file import shown
from smtpwizard.model.account import Account
from smtpwizard.model.errors import CannotRunError, SmtpWizardError, UsageError
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.ports import Vault
from smtpwizard.model.profile import InFile, InKeyring, Place, Profile
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.text import redact_credentials
from smtpwizard.net.age import decrypted, encrypted
from smtpwizard.net.threads import run_detached
from smtpwizard.profiles.folder import AGE, ProfileFolder, Saved
from smtpwizard.profiles.name import checked_name

T = TypeVar("T")

_WHY: Final = {
    "usable": "the keyring has nothing under this name any more",
    "missing": "this machine has no keyring that programs can use, as is usual over SSH and in containers",
    "locked": "the keyring is locked",
    "loses": "the keyring took the secret and did not give it back",
    "timeout": "the keyring does not answer; a window may be waiting for you somewhere",
    "failed": "the keyring refused",
}

WAYS_OUT: Final = (
    "Keep it in a file instead that a passphrase encrypts: --encrypt. Or say where the secret is: --password-env VAR "
    "or --token-command CMD. Or save the settings alone: --no-secret."
)


async def save(
    folder: ProfileFolder,
    vault: Vault,
    name: str,
    profile: Profile,
    secret: Secret | None,
    old: Saved | None = None,
    provider: Provider | None = None,
    passphrase: Secret | None = None,
) -> Saved:
    """Save a profile in the place of an old one.

    A secret that is given goes to the keyring; with a passphrase, to a file that is encrypted with it.

    The secret gets an entry or a file of its own, so that the old one stays whole until the new profile lies there.

    Raises:
        UsageError: the name cannot be used, the settings hold the secret, or the old profile has changed meanwhile.
        CannotRunError: the keyring does not keep the secret, or the file cannot be written. Nothing was saved.
    """
    checked_name(name)
    require_no_secret_inside(profile.account, secret, provider)
    if secret is not None and passphrase is not None:
        place = InFile(f"{name}-{secrets.token_hex(4)}{AGE}")
        content = await asyncio.to_thread(encrypted, secret, passphrase)
        await _in_turn(partial(folder.write_secret, place, content))
        profile = msgspec.structs.replace(profile, secret=place)
    elif secret is not None:
        entry = f"{profile.username}@{profile.host} {secrets.token_hex(4)}"
        kept = await vault.store(entry, secret)
        if kept.outcome != "usable":
            await _forget(vault, kept, entry)
            raise CannotRunError(f"Nothing was saved: {_why(kept)}. {WAYS_OUT}")
        profile = msgspec.structs.replace(profile, secret=InKeyring(kept.backend or "keyring", entry))
    try:
        saved = await _in_turn(partial(folder.write, name, profile, before=old))
    except SmtpWizardError:
        if secret is not None:
            await _delete_from(folder, vault, profile.secret)
        raise
    if old is not None and old.profile.secret != profile.secret:
        # One that cannot be deleted now is of no use to anybody, and no reason to fail.
        await _delete(folder, vault, old)
    return saved


def require_no_secret_inside(account: Account, secret: Secret | None, provider: Provider | None) -> None:
    """See that the settings can be written down.

    Raises:
        UsageError: some of them is a secret.
    """
    token = provider is not None and provider.username.form == "token"
    if account.username is not None and (token or Secret(account.username) == secret):
        raise UsageError(
            "The user name of this account is its secret too, and a profile holds no secret. Use --username and "
            "--password-env with each run instead."
        )
    if redact_credentials(account.host) != account.host:
        raise UsageError("The host holds a password, and a profile holds no secret. Name the host alone.")


async def load(vault: Vault, name: str, place: InKeyring) -> Secret:
    """The secret of a profile, from the keyring.

    Raises:
        CannotRunError: the keyring does not give it.
    """
    facts, secret = await vault.load(place.entry)
    if secret is None:
        other = (
            f", and it was kept in another one: {place.backend}" if facts.backend not in {None, place.backend} else ""
        )
        raise CannotRunError(
            f"The secret of the profile {name} is not to be had: {_why(facts)}{other}. Give it for this run by "
            "--password-stdin, --password-env VAR or --token-command CMD."
        )
    return secret


def unlock(folder: ProfileFolder, place: InFile, passphrase: Secret) -> Secret:
    """The secret of a profile, from its encrypted file.

    Raises:
        UsageError: the file is not there or damaged, or the passphrase is another one.
        CannotRunError: it may not be read.
    """
    content = folder.read_secret(place)
    try:
        return decrypted(content, passphrase)
    except UsageError as error:
        raise UsageError(f"{shown(folder.secret_file(place))} cannot be opened: {error}.") from None


async def remove(folder: ProfileFolder, vault: Vault, saved: Saved) -> None:
    """Take a profile away, and its secret first: what is left is never a secret that nobody knows of.

    Raises:
        UsageError: the profile has changed meanwhile.
        CannotRunError: the keyring does not delete the secret, or the folder cannot be written to.
    """
    with folder.removing(saved):
        gone = await _delete(folder, vault, saved)
        if gone.outcome != "usable":
            raise CannotRunError(
                f"The profile {saved.name} was not removed, because its secret cannot be: {_why(gone)}. --keep-secret "
                "removes the profile alone."
            )


async def _in_turn(work: Callable[[], T]) -> T:
    """Do what waits until no other program changes the folder, while the loop goes on."""
    return await run_detached(work, "profiles")


async def _delete(folder: ProfileFolder, vault: Vault, saved: Saved) -> Keyring:
    """Delete a profile's secret, unless a copy of the profile needs it."""
    place = saved.profile.secret
    if set(folder.uses(place)) - {saved.name}:
        return Keyring(None, "usable")
    return await _delete_from(folder, vault, place)


async def _delete_from(folder: ProfileFolder, vault: Vault, place: Place) -> Keyring:
    if isinstance(place, InKeyring):
        return await vault.delete(place.entry)
    if isinstance(place, InFile):
        folder.drop_secret(place)
    return Keyring(None, "usable")


async def _forget(vault: Vault, kept: Keyring, entry: str) -> None:
    if kept.outcome in {"loses", "failed"}:
        await vault.delete(entry)


def _why(facts: Keyring) -> str:
    detail = f" ({facts.detail})" if facts.detail and facts.outcome == "failed" else ""
    return f"{_WHY[facts.outcome]}{detail}"
