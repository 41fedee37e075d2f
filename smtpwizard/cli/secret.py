"""The secret of an account, from wherever the person says it is."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InKeyring, InVariable, Nowhere
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.model.text import printable

if TYPE_CHECKING:
    from smtpwizard.profiles.folder import Saved

TOKEN_COMMAND_SECONDS: Final = 60


def is_given(given: dict[str, Any]) -> bool:
    """Whether an option says where the secret is."""
    return bool(given["password_stdin"] or given["password_env"] or given["token_command"])


def kept_secret(saved: Saved, provider: Provider | None) -> tuple[Secret | None, str | None]:
    """The secret of a profile, or the name under which the keyring is going to give it.

    Raises:
        UsageError: it is not where the profile says.
    """
    try:
        match saved.profile.secret:
            case InKeyring(entry=entry):
                return None, entry
            case InVariable(variable=variable):
                return _tidied(_from_variable(variable), provider), None
            case FromCommand(command=command):
                return _tidied(_from_command(command), provider), None
            case Nowhere():
                return None, None
    except UsageError as error:
        raise UsageError(f"Profile {saved.name}: {error}") from None


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
    return _tidied(entered, provider)


def _tidied(secret: Secret, provider: Provider | None) -> Secret:
    """The secret without the spaces that its provider's page shows it with."""
    grouped = provider is not None and provider.secret.spaces == "strip"
    return secret.without_spaces() if grouped else secret


def _entered_secret(account: Account, from_file: Secret | None, given: dict[str, Any]) -> Secret | None:
    ways = [name for name in ("password_stdin", "password_env", "token_command") if given[name]]
    if len(ways) > 1:
        raise UsageError("Give the secret one way: --password-stdin, --password-env or --token-command.")
    if given["password_stdin"]:
        read = sys.stdin.buffer.read(MAX_SECRET_LENGTH * 4)
        return _decoded(read.removesuffix(b"\n").removesuffix(b"\r"), "on standard input")
    if given["password_env"]:
        return _from_variable(given["password_env"])
    if given["token_command"]:
        return _from_command(given["token_command"])
    if from_file is not None or account.username is None:
        return None
    if given["no_input"] or not sys.stdin.isatty():
        raise UsageError(
            "There is a user name and no secret. Give it by --password-stdin, --password-env VAR or --token-command."
        )
    return Secret(click.prompt(f"Secret of {printable(account.username)}", hide_input=True, err=True))


def _from_variable(name: str) -> Secret:
    value = os.environ.get(name)
    if value is None:
        raise UsageError(f"The environment variable {printable(name, limit=60)} is not set.")
    return _decoded(os.fsencode(value), f"in {printable(name, limit=60)}")


def _from_command(command: str) -> Secret:
    try:
        words = shlex.split(command)
        if not words:
            raise UsageError("--token-command is empty.")
        done = subprocess.run(  # noqa: S603 - the person's own command, run without a shell
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=TOKEN_COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"The token command did not end within {TOKEN_COMMAND_SECONDS} seconds.") from None
    except OSError as error:
        raise UsageError(f"The token command cannot be run: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError(f"--token-command cannot be read as a command: {error}.") from None
    if done.returncode != 0:
        raise UsageError(f"The token command ended with status {done.returncode}; run it by itself to see why.")
    first = done.stdout[: MAX_SECRET_LENGTH * 4].partition(b"\n")[0].removesuffix(b"\r")
    if not first:
        raise UsageError("The token command printed nothing on its first line.")
    return _decoded(first, "that the token command printed")


def _decoded(raw: bytes, where: str) -> Secret:
    try:
        return Secret(raw.decode())
    except UnicodeDecodeError:
        raise UsageError(f"The secret {where} is not UTF-8 text.") from None
