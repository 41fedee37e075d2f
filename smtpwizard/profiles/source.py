"""Takes a secret from where the person keeps it: an environment variable, or a command that prints it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from typing import Final

from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.model.text import printable

COMMAND_SECONDS: Final = 60
_TERMINALS: Final = ("GPG_TTY", "SSH_TTY")
"""Variables by which a program finds a terminal to ask on."""


def from_variable(name: str) -> Secret:
    """What the environment variable holds.

    Raises:
        UsageError: it is not set, or is no text.
    """
    value = os.environ.get(name)
    if value is None:
        raise UsageError(f"The environment variable {printable(name, limit=60)} is not set.")
    return decoded(os.fsencode(value), f"in {printable(name, limit=60)}")


def from_command(command: str) -> Secret:
    """The first line of what the command prints. It is run without a shell.

    Raises:
        UsageError: it cannot be run, fails, takes longer than a minute, or prints nothing.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the person's own command, run without a shell
            _words(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _late() from None
    except OSError as error:
        raise _unrunnable(error) from None
    return _first_line(done.returncode, done.stdout)


async def fetched(place: InVariable | FromCommand) -> Secret:
    """The secret, while a screen goes on: a command gets no terminal to draw its questions on.

    Raises:
        UsageError: as `from_variable` and `from_command`.
    """
    if isinstance(place, InVariable):
        return from_variable(place.variable)
    import asyncio  # a tenth of a second that the commands without a network do without

    try:
        process = await asyncio.create_subprocess_exec(
            *_words(place.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_without_terminal(os.environ),
            start_new_session=True,
        )
    except OSError as error:
        raise _unrunnable(error) from None
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            printed, _ = await process.communicate()
    except TimeoutError:
        raise _late() from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _first_line(process.returncode or 0, printed)


def decoded(raw: bytes, where: str) -> Secret:
    """The secret that these octets are.

    Raises:
        UsageError: they are no UTF-8.
    """
    try:
        return Secret(raw.decode())
    except UnicodeDecodeError:
        raise UsageError(f"The secret {where} is not UTF-8 text.") from None


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"The token command cannot be read as a command: {error}.") from None
    if not words or "\0" in command:
        raise UsageError("The token command is empty." if not words else "The token command holds a NUL.")
    return words


def _without_terminal(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in _TERMINALS}


def _first_line(status: int, printed: bytes) -> Secret:
    if status != 0:
        raise UsageError(f"The token command ended with status {status}; run it by itself to see why.")
    first = printed[: MAX_SECRET_LENGTH * 4].partition(b"\n")[0].removesuffix(b"\r")
    if not first:
        raise UsageError("The token command printed nothing on its first line.")
    return decoded(first, "that the token command printed")


def _late() -> UsageError:
    return UsageError(f"The token command did not end within {COMMAND_SECONDS} seconds.")


def _unrunnable(error: OSError) -> UsageError:
    return UsageError(f"The token command cannot be run: {error.strerror}.")
