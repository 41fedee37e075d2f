from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

import pytest

from smtpwizard import cli
from tests.cli.conftest import Run


def imported(name: str) -> ModuleType:
    return importlib.import_module(f"{cli.__name__}.{name}")


def test_help_names_every_command(run: Run) -> None:
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    modules = {
        module.name for module in pkgutil.iter_modules(cli.__path__) if hasattr(imported(module.name), "COMMAND")
    }
    assert {"check", "explain", "providers", "knowledge", "schema", "practice"} <= modules
    listed = {line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()}
    assert modules == listed


@pytest.mark.parametrize("module", ["main", "group", "account_file"])
def test_a_module_that_defines_no_command_is_none(run: Run, module: str) -> None:
    ran = run(module)
    assert (ran.status, f"No such command '{module}'" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "options", [("--timeout", "3"), ("--timeout", "10"), ("--ca-file", "x"), ("--nameserver", "x")]
)
def test_an_option_of_the_wizard_is_not_silently_ignored(run: Run, options: tuple[str, ...]) -> None:
    ran = run(*options, "providers", "gmail")
    assert (ran.status, ran.out) == (2, "")
    assert "stand after it" in ran.err
