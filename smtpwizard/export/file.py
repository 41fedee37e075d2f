"""A settings file as it lies there: read within bounds, and recognised again later."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.text import printable

LARGEST: Final = 1_000_000
"""Octets. A settings file is a thousand times smaller."""

PRIVATE: Final = 0o600


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What lies at a path. Its content is not shown in tracebacks."""

    path: Path
    """The file itself, links followed."""
    linked: bool
    """Whether the path given was a link to it."""
    content: bytes | None
    """None where there is no file yet."""
    mode: int = PRIVATE
    owner: tuple[int, int] | None = None
    """User and group id, where the system has them."""

    @property
    def digest(self) -> str | None:
        """By which the same content is recognised again."""
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()


def look(path: Path) -> Found:
    """Read the file at a path, or find that there is none.

    Raises:
        UsageError: it is a folder, a device, too large, or in a folder that does not exist.
        CannotRunError: it may not be read.
    """
    with told_as_sentence(path):
        linked = path.is_symlink()
        try:
            real = path.resolve(strict=False)
        except RuntimeError:
            raise UsageError(f"{shown(path)} is a link that leads back to itself.") from None
        if not real.parent.is_dir():
            raise UsageError(f"The folder {shown(real.parent)} does not exist. Create it first, or choose another.")
        try:
            status = real.stat()
        except FileNotFoundError:
            return Found(real, linked, None)
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(f"{shown(path)} is a folder. Name a file in it, such as {shown(path / '.env')}.")
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{shown(path)} is no regular file, so it cannot be read and replaced safely.")
        with real.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UsageError(
                f"{shown(path)} is larger than {LARGEST // 1000} kB, so it is no settings file. Name another one."
            )
        return Found(real, linked, content, stat.S_IMODE(status.st_mode), (status.st_uid, status.st_gid))


def decode(path: Path, content: bytes) -> str:
    """The text of a settings file; a byte order mark stays its first character.

    Raises:
        UsageError: it is not UTF-8, or holds NUL.
    """
    if b"\0" in content:
        hint = " It looks like UTF-16: save it as UTF-8." if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
        raise UsageError(f"{shown(path)} holds NUL bytes, so it is no text that programs read settings from.{hint}")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown(path)} is not UTF-8 (line {line}). Save it as UTF-8 and try again.") from None


def shown(path: Path) -> str:
    """A path, safe to display."""
    return printable(os.fspath(path), limit=300)


@contextlib.contextmanager
def told_as_sentence(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a file into an error for the person."""
    try:
        yield
    except OSError as error:
        raise CannotRunError(_sentence(path, error)) from None
    except ValueError as error:
        # A NUL in a path never reaches the operating system.
        raise UsageError(f"{shown(path)} is no possible path: {error}.") from None


def _sentence(path: Path, error: OSError) -> str:
    name = shown(path)
    if isinstance(error, PermissionError):
        return f"{name} may not be accessed by this user. Choose another place, or change its permissions."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"There is no space left for {name}. Nothing was changed."
    if error.errno == errno.EROFS:
        return f"{name} is on a file system that cannot be written to. Choose another place."
    if error.errno == errno.ENAMETOOLONG:
        return f"{name} is too long for a path."
    if error.errno == errno.ENOTDIR:
        return f"A part of {name} is a file where a folder should be."
    if error.errno == errno.ELOOP:
        return f"{name} is a link that leads back to itself."
    return f"{name} cannot be accessed: {error.strerror or type(error).__name__}."
