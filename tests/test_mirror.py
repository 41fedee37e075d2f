from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "smtpwizard"
OF_THEIR_OWN = {"integration", "bench", "fuzz"}
"""Folders of tests that go across the package."""
OF_THE_DATA = {Path("audit/test_real.py")}
"""Tests of what the package's data files say, by the module in whose folder they stand."""

FILES = [
    path.relative_to(TESTS)
    for path in sorted(TESTS.rglob("test_*.py"))
    if len(path.relative_to(TESTS).parts) > 1
    and path.relative_to(TESTS).parts[0] not in OF_THEIR_OWN
    and path.relative_to(TESTS) not in OF_THE_DATA
]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_test_file_stands_where_its_module_does(path: Path) -> None:
    name = path.name.removeprefix("test_").removesuffix(".py")
    folder = PACKAGE / path.parent
    # A folder of data files is tested as one: `knowledge/test_providers.py`.
    assert (folder / f"{name}.py").is_file() or (folder / name).is_dir(), f"{path} mirrors nothing"


def test_every_folder_of_the_package_with_code_has_tests_of_its_own() -> None:
    folders = {
        path.parent.relative_to(PACKAGE).parts[0] for path in PACKAGE.glob("*/*.py") if path.name != "__init__.py"
    }
    assert folders - {path.parts[0] for path in FILES} == set()
