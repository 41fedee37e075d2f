"""Takes a secret from where the person keeps it: an environment variable, or a command that prints it."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
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
    from smtpwizard.net.threads import run_detached  # a tenth of a second that commands without a network do without

    process = _started(_words(place.command))
    try:
        printed = await run_detached(partial(_printed, process), "token-command")
    except subprocess.TimeoutExpired:
        raise _late() from None
    finally:
        # It may be that nobody wants the secret any more.
        _kill(process)
    return _first_line(process.returncode, printed)


def _started(words: list[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the person's own command, run without a shell
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_without_terminal(os.environ),
            start_new_session=True,
        )
    except OSError as error:
        raise _unrunnable(error) from None


def _printed(process: subprocess.Popen[bytes]) -> bytes:
    """What a command prints until it ends.

    Raises:
        TimeoutExpired: it did not end in time, or left something behind that could still print. It has been ended.
    """
    with process:
        try:
            return process.communicate(timeout=COMMAND_SECONDS)[0]
        finally:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a command that has not ended, and all that it has started in its session."""
    if process.poll() is None:
        with suppress(OSError):
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)


def decoded(raw: bytes, where: str) -> Secret:
    """The secret that these octets are.

    Raises:
        UsageError: they are no UTF-8.
    """
    try:
        return Secret(raw.decode())
    except UnicodeDecodeError:
        raise UsageError(f"The secret {where} is not UTF-8 text.") from None


def _words(command: str, platform: str = sys.platform) -> list[str]:
    """The words of a command, as a shell splits them. On Windows a backslash separates folders and escapes nothing."""
    lexer = shlex.shlex(command, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    if platform == "win32":
        lexer.escape = ""
    try:
        words = list(lexer)
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
