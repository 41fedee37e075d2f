"""The real parsers of `.env` files, each asked in a process of its own with a small, known environment."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.integration.parts import processes
from tests.integration.parts.cache import NODE_MODULES, PROGRAMS, node

HERE: Final = Path(__file__).parent
ENVIRONMENT: Final[Mapping[str, str]] = {"HOME": "/canary/home", "PATH": processes.SYSTEM_PATH, "LANG": "C.UTF-8"}
"""What the readers' processes know; a reference that gets expanded shows."""

_OF_THE_SHELL: Final = frozenset({"PWD", "OLDPWD", "SHLVL", "_", "NODE_PATH", *ENVIRONMENT})
_SECONDS: Final = 60.0

Reading = dict[str, str] | None
"""What a reader makes of a file; None where it refuses it."""


@dataclass(frozen=True, slots=True)
class RealReader:
    """One real parser."""

    name: str
    available: Callable[[], str | None]
    """None, or a sentence saying what is missing."""
    read: Callable[[Sequence[Path]], list[Reading]]
    rules: str | None = None
    """Id of the reader in this program that follows the same rules."""
    environment: Mapping[str, str] | None = None
    """The variables that references can mean in it; None for none."""


def _run(argv: Sequence[str | Path], **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(word) for word in argv],
        env={**ENVIRONMENT, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )


def _together(command: Sequence[str | Path], more: Mapping[str, str], paths: Sequence[Path]) -> list[Reading]:
    """Ask a program that takes paths and prints a list of what it read from each."""
    done = _run([*command, *paths], **more)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    readings: list[Reading] = json.loads(done.stdout)
    return readings


def _each(command: Callable[[Path], Sequence[str | Path]], paths: Sequence[Path]) -> list[Reading]:
    """Start a program for each path that prints its environment, entries ended by NUL."""
    readings: list[Reading] = []
    for path in paths:
        done = _run(command(path))
        if done.returncode != 0:
            readings.append(None)
            continue
        entries = (entry.partition("=") for entry in done.stdout.decode().split("\0") if entry)
        readings.append({key: value for key, _, value in entries if key not in _OF_THE_SHELL})
    return readings


def _python(module: str) -> Callable[[], str | None]:
    return lambda: None if find_spec(module) else f"the Python package of {module} is not installed"


def _debian(package: str, *trial: str) -> Callable[[], str | None]:
    """Whether a command that loads the package's library succeeds."""

    def look() -> str | None:
        lacking = processes.missing(package, trial[0])
        if lacking is None and _run(trial).returncode != 0:
            lacking = f"its library does not load: install the Debian package {package}"
        return lacking

    return look


def _npm(module: str) -> Callable[[], str | None]:
    def look() -> str | None:
        if not (NODE_MODULES / module).is_dir():
            return f"npm's {module} is not in {NODE_MODULES}: .ci/run installs it"
        return None if node() else processes.missing("nodejs", "node")

    return look


def _node_env_file() -> str | None:
    program = node()
    if program is None:
        return processes.missing("nodejs", "node")
    known = _run([program, "--env-file=/dev/null", "-e", "0"]).returncode == 0
    return None if known else "this Node does not know --env-file"


def _godotenv() -> str | None:
    return None if (PROGRAMS / "godotenv").exists() else f"godotenv is not in {PROGRAMS}: .ci/run builds it"


_NODE: Final = {"NODE_PATH": str(NODE_MODULES)}
_PRINT_ENVIRONMENT: Final = "process.stdout.write(Object.entries(process.env).map(([k, v]) => `${k}=${v}\\0`).join(''))"


def _by_python(name: str) -> Callable[[Sequence[Path]], list[Reading]]:
    return partial(_together, (sys.executable, HERE / "read.py", name), {})


def _by_shell(shell: str) -> Callable[[Sequence[Path]], list[Reading]]:
    return partial(_each, lambda path: (shell, "-c", 'set -ae; . "$0"; env -0', path))


ALL: Final = (
    RealReader("python-dotenv", _python("dotenv"), _by_python("python-dotenv"), "python-dotenv", ENVIRONMENT),
    RealReader("django-environ", _python("environ"), _by_python("django-environ"), "django-environ", ENVIRONMENT),
    RealReader("python-decouple", _python("decouple"), _by_python("python-decouple"), "python-decouple"),
    RealReader("honcho", _python("honcho"), _by_python("honcho"), "honcho"),
    RealReader(
        "phpdotenv",
        _debian("php-vlucas-phpdotenv", "php", "-r", "require '/usr/share/php/Dotenv/autoload.php';"),
        partial(_together, ("php", HERE / "read.php"), {}),
        "phpdotenv",
    ),
    RealReader(
        "ruby dotenv",
        _debian("ruby-dotenv", "ruby", "-e", "require 'dotenv'"),
        partial(_together, ("ruby", HERE / "read.rb"), {}),
    ),
    RealReader(
        "npm dotenv",
        _npm("dotenv"),
        lambda paths: _together((node() or "node", HERE / "read.js", "dotenv"), _NODE, paths),
    ),
    RealReader(
        "npm dotenv-expand",
        _npm("dotenv-expand"),
        lambda paths: _together((node() or "node", HERE / "read.js", "dotenv-expand"), _NODE, paths),
    ),
    RealReader(
        "node --env-file",
        _node_env_file,
        partial(_each, lambda path: (node() or "node", f"--env-file={path}", "-e", _PRINT_ENVIRONMENT)),
    ),
    RealReader("godotenv", _godotenv, partial(_each, lambda path: (PROGRAMS / "godotenv", "-f", path, "env", "-0"))),
    RealReader("bash", lambda: processes.missing("bash", "bash"), _by_shell("bash")),
    RealReader("dash", lambda: processes.missing("dash", "dash"), _by_shell("dash")),
)
