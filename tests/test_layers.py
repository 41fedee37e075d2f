from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = (
    "model",
    "knowledge",
    "net",
    "checks",
    "runner",
    "troubleshoot",
    "export",
    "practice",
    "discover",
    "audit",
    "profiles",
    "wizard",
    "output",
    "cli",
)
SCREEN = ("textual", "rich")
HEAVY = ("dns", "cryptography", "OpenSSL", "service_identity", "keyring", "aiosmtplib", "scramp", "pyrage")
"""What adapters import on first use."""

LOADED = """
import importlib, pkgutil, sys
package = importlib.import_module("smtpwizard." + sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


def python(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(cwd)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("package", CORE)
def test_a_core_package_loads_no_screen_library(package: str) -> None:
    done = python("-c", LOADED, package, *SCREEN)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


@pytest.mark.parametrize("package", [package for package in CORE if package != "practice"])
def test_a_core_package_loads_no_heavy_library_before_it_is_needed(package: str) -> None:
    done = python("-c", LOADED, package, *HEAVY)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return python("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache", cwd=folder)


@pytest.fixture
def copy_of_the_tree(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "smtpwizard", tmp_path / "smtpwizard", ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.tcss")
    )
    return tmp_path


def test_every_import_keeps_to_the_layers() -> None:
    pytest.importorskip("importlinter", reason="import-linter is part of the extra `static`")
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("checks/banner.py", "import textual", "textual has its place BROKEN"),
        ("tui/__init__.py", "import rich", "rich is there only through textual BROKEN"),
        ("checks/banner.py", "import smtpwizard.net.smtp", "Imports point downwards only"),
        ("model/text.py", "import smtpwizard.knowledge.load", "Imports point downwards only"),
        ("net/wire.py", "import cryptography", "cryptography has its place BROKEN"),
        ("runner/run.py", "import dns.resolver", "dns has its place BROKEN"),
        ("output/words.py", "import keyring", "keyring has its place BROKEN"),
    ],
)
def test_an_import_out_of_place_is_caught(copy_of_the_tree: Path, module: str, line: str, broken: str) -> None:
    pytest.importorskip("importlinter", reason="import-linter is part of the extra `static`")
    path = copy_of_the_tree / "smtpwizard" / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    done = lint_imports(copy_of_the_tree)
    assert done.returncode == 1, done.stdout
    assert any(broken in text and "BROKEN" in text for text in done.stdout.splitlines()), done.stdout


def test_a_folder_that_is_left_out_of_the_order_is_caught(copy_of_the_tree: Path) -> None:
    pytest.importorskip("importlinter", reason="import-linter is part of the extra `static`")
    (copy_of_the_tree / "smtpwizard" / "extra").mkdir()
    (copy_of_the_tree / "smtpwizard" / "extra" / "__init__.py").touch()
    done = lint_imports(copy_of_the_tree)
    assert done.returncode == 1
    assert "extra" in done.stdout
