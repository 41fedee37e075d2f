"""Writes the settings down, reads them back, and says whether both are the same."""

from __future__ import annotations

from pathlib import Path

from smtpwizard.export.plan import Plan, plan
from smtpwizard.export.read import ReadBack, read_back
from smtpwizard.export.write import Written, write
from smtpwizard.model.errors import UsageError
from smtpwizard.model.target import Target
from smtpwizard.model.text import printable
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Progress
from smtpwizard.wizard.surroundings import Surroundings


def planned(surroundings: Surroundings, progress: Progress, target: Target, path: Path) -> Plan:
    """What would be written.

    Raises:
        UsageError: the path is no place for it, or the file cannot be understood.
        CannotRunError: the file may not be read.
    """
    return plan(target, account_of(progress), progress.secret, path, home=surroundings.folder)


def written_and_read(progress: Progress, made: Plan) -> tuple[Written, ReadBack]:
    """Write the file and read it as its program will.

    Raises:
        UsageError: it has changed since, or cannot be read back.
        CannotRunError: it cannot be written.
    """
    written = write(made)
    return written, read_back(made.target, written.path, (account_of(progress), progress.secret))


def target_path(surroundings: Surroundings, progress: Progress, target: Target) -> Path:
    """Where the file goes: as typed, else by the target's own name in the usual folder.

    Raises:
        UsageError: it begins with the home folder of someone who is not known here.
    """
    text = progress.path.strip()
    try:
        path = Path(text).expanduser() if text else Path(target.file)
    except RuntimeError:
        raise UsageError(
            f"There is no home folder for {printable(text, limit=300)}. Name the folder in full."
        ) from None
    return path if path.is_absolute() else surroundings.folder / path
