from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "smtpwizard"
ALLOWED = {"net", "export", "practice"}


def reveals(source: str) -> list[int]:
    """Lines that name `reveal`, called or not."""
    return [
        node.lineno for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr == "reveal"
    ]


def test_a_secret_is_revealed_only_where_it_is_sent_stored_or_written() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in ALLOWED
        for line in reveals(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("source", ["secret.reveal()", "show = secret.reveal", "f'{a.b.reveal()}'"])
def test_every_way_of_naming_it_is_seen(source: str) -> None:
    assert reveals(source) == [1]
