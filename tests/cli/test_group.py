from __future__ import annotations

import pkgutil

from smtpwizard import cli
from tests.cli.conftest import Run


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    support = {"main", "group", "accounts", "running", "secret", "saved", "wizard"}
    modules = {module.name for module in pkgutil.iter_modules(cli.__path__)} - support
    assert {"check", "explain", "providers", "knowledge", "schema", "practice"} <= modules
    listed = {line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()}
    assert modules <= listed
