"""What speaks against writing credentials to a path: git, links, open permissions, a place far away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from smtpwizard.export.file import PRIVATE, Found, shown

_GIT_SECONDS: Final = 5.0


def place_warnings(path: Path, found: Found, home: Path) -> tuple[str, ...]:
    """Sentences about a place that credentials are to be written to; `home` is the folder the person works in."""
    warnings: list[str] = []
    if found.linked:
        warnings.append(
            f"{shown(path)} is a link. The file it leads to, {shown(found.path)}, is written; the link stays."
        )
    if found.content is not None and os.name == "posix" and found.mode & ~PRIVATE:
        warnings.append(
            f"{shown(path)} has the mode {found.mode:04o} at present. It becomes 0600: only its owner can read it, "
            "and a program that runs as another user no longer can."
        )
    if not found.path.is_relative_to(home.resolve()):
        warnings.append(f"{shown(found.path)} lies outside of the folder you work in, {shown(home)}.")
    warnings.extend(_git_warnings(found.path))
    return tuple(warnings)


def _git_warnings(path: Path) -> list[str]:
    git = shutil.which("git")
    repository = next((folder for folder in path.parents if (folder / ".git").exists()), None)
    if repository is None:
        return []
    if git is None:
        return [f"{shown(repository)} is a git repository, and git is not installed here: keep the file out of it."]
    tracked = _ask(git, path.parent, "ls-files", "--error-unmatch", "--", path.name)
    if tracked == 0:
        return [
            f"git tracks {shown(path)}: the next commit would hold the password. Stop that first with: git rm --cached "
            f"{shown(Path(path.name))}"
        ]
    ignored = _ask(git, path.parent, "check-ignore", "--quiet", "--", path.name)
    if ignored == 1:
        return [
            f"git does not ignore {shown(path)}, so it could be committed with the password. Add "
            f"{shown(Path(path.name))} to .gitignore."
        ]
    if tracked is None or ignored != 0:
        return [
            f"git does not answer for {shown(repository)}: see for yourself that it ignores {shown(Path(path.name))}."
        ]
    return []


def _ask(git: str, folder: Path, *question: str) -> int | None:
    """The exit status; None when there is no answer in time."""
    # The monitor is a program that the repository's own settings name.
    command: Sequence[str] = (git, "-c", "core.fsmonitor=false", "-C", os.fspath(folder), *question)
    try:
        done = subprocess.run(  # noqa: S603 - git, found on the path, with fixed questions
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_GIT_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.returncode
