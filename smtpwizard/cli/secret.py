"""The secret of an account, from wherever the person says it is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InFile, InKeyring, InVariable, Nowhere
from smtpwizard.model.provider import Provider, tidied
from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.model.text import printable
from smtpwizard.profiles.source import decoded, from_command, from_variable

if TYPE_CHECKING:
    from smtpwizard.profiles.folder import Saved


def is_given(given: dict[str, Any]) -> bool:
    """Whether an option says where the secret is."""
    return bool(given["password_stdin"] or given["password_env"] or given["token_command"])


def kept_secret(saved: Saved, provider: Provider | None, given: dict[str, Any]) -> tuple[Secret | None, str | None]:
    """The secret of a profile, or the name under which the keyring is going to give it.

    Raises:
        UsageError: it is not where the profile says.
    """
    try:
        match saved.profile.secret:
            case InKeyring(entry=entry):
                return None, entry
            case InFile() as place:
                from smtpwizard.profiles.folder import ProfileFolder
                from smtpwizard.profiles.keeping import unlock

                word = passphrase(given, f"Passphrase of the profile {saved.name}")
                return unlock(ProfileFolder(), place, word), None
            case InVariable(variable=variable):
                return tidied(from_variable(variable), provider, typed=False), None
            case FromCommand(command=command):
                return tidied(from_command(command), provider, typed=False), None
            case Nowhere():
                return None, None
    except UsageError as error:
        raise UsageError(f"Profile {saved.name}: {error}") from None


def passphrase(given: dict[str, Any], question: str, *, twice: bool = False) -> Secret:
    """What encrypts a secret in a file: from a variable, or as the person types it.

    Raises:
        UsageError: there is nobody to ask, or the variable is not set.
    """
    if given["passphrase_env"]:
        return from_variable(given["passphrase_env"])
    if given["no_input"] or not sys.stdin.isatty():
        raise UsageError("The secret is in an encrypted file. Give its passphrase by --passphrase-env VAR.")
    return Secret(click.prompt(question, hide_input=True, err=True, confirmation_prompt=twice))


def given_secret(
    account: Account, from_file: Secret | None, provider: Provider | None, given: dict[str, Any]
) -> Secret | None:
    """The secret that options name, a file holds, or the person types; None where nothing logs in.

    Raises:
        UsageError: it is given twice, or cannot be had.
    """
    if given.get("without_secret"):
        return None
    entered = _entered_secret(account, from_file, given)
    if entered is None:
        # What a file says is tested as it stands: its program would send the spaces too.
        return from_file
    return tidied(entered, provider, typed=not is_given(given))


def _entered_secret(account: Account, from_file: Secret | None, given: dict[str, Any]) -> Secret | None:
    ways = [name for name in ("password_stdin", "password_env", "token_command") if given[name]]
    if len(ways) > 1:
        raise UsageError("Give the secret one way: --password-stdin, --password-env or --token-command.")
    if given["password_stdin"]:
        read = sys.stdin.buffer.read(MAX_SECRET_LENGTH * 4)
        return decoded(read.removesuffix(b"\n").removesuffix(b"\r"), "on standard input")
    if given["password_env"]:
        return from_variable(given["password_env"])
    if given["token_command"]:
        return from_command(given["token_command"])
    if from_file is not None or account.username is None:
        return None
    if given["no_input"] or not sys.stdin.isatty():
        raise UsageError(
            "There is a user name and no secret. Give it by --password-stdin, --password-env VAR or --token-command."
        )
    return Secret(click.prompt(f"Secret of {printable(account.username)}", hide_input=True, err=True))
