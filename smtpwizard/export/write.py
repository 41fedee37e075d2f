"""Puts a planned file in place: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from smtpwizard.export.file import PRIVATE, Found, look, shown, told_as_sentence
from smtpwizard.export.plan import Plan
from smtpwizard.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Written:
    """A file that lies in its place now."""

    path: Path
    """The file itself, links followed."""
    created: bool
    """Whether there was none before."""
    private: bool
    """Whether only its owner can read it, as far as the system can say."""


def write(plan: Plan) -> Written:
    """Write the file that was planned: temporary file beside it, synced, then renamed.

    Whatever happens on the way, the old file is there unharmed until the new one has taken its place.

    Raises:
        UsageError: the plan has refusals or no path, or the file has changed since the plan was made.
        CannotRunError: the folder may not be written to, or the space does not suffice.
    """
    if plan.refusals:
        raise UsageError(" ".join(map(str, plan.refusals)))
    if plan.path is None or plan.found is None:
        raise UsageError("The plan has no file to write to.")
    now = look(plan.path)
    if (now.path, now.digest) != (plan.found.path, plan.found.digest):
        raise UsageError(
            f"{shown(plan.path)} has changed since the preview was made. Nothing was written: look at "
            "the new preview first."
        )
    put(now, plan.text.encode())
    return Written(now.path, now.content is None, os.name != "posix" or now.path.stat().st_mode & 0o077 == 0)


def put(found: Found, content: bytes) -> None:
    """Put this content in the place of what was found: whole or not at all, for the owner only.

    Raises:
        CannotRunError: the folder may not be written to, or the space does not suffice.
    """
    path = found.path
    with told_as_sentence(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _keep_owner(temporary, found)
            temporary.replace(path)
        finally:
            # After the rename there is nothing by this name any more.
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        _sync_folder(path.parent)


def _keep_owner(temporary: Path, found: Found) -> None:
    if os.name != "posix":
        return
    temporary.chmod(PRIVATE)
    if found.owner is not None and found.owner != (os.geteuid(), os.getegid()):
        # Only the superuser may give a file away; for others the file becomes theirs.
        with contextlib.suppress(OSError):
            os.chown(temporary, *found.owner)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    # Some file systems do not sync folders; the file itself is safe already.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
