from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit.small import clean, faults
from tests.knowledge.small import provider

ENDPOINT = {"host": "smtp.example.net", "port": 587, "security": "starttls"}
EMPTY = ("", "endpoint", "is empty")
PREFERRED = ("endpoint", "preferred", "exactly one must be preferred")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"name": "TODO"}, [("", "name", "is still to be written")]),
        ({"source": []}, [("", "source", "is empty")]),
        ({"endpoint": []}, [EMPTY]),
        ({"endpoint": [], "status": "password-ended"}, [EMPTY]),
        ({"endpoint": [], "status": "no-smtp"}, [("", "instead", "says nothing of what to do instead")]),
        ({"endpoint": [], "status": "no-smtp", "instead": "Use another."}, []),
        ({"endpoint": [ENDPOINT]}, [PREFERRED]),
        ({"endpoint": [ENDPOINT | {"preferred": True}, ENDPOINT | {"preferred": True, "port": 25}]}, [PREFERRED]),
        ({"endpoint": [ENDPOINT | {"preferred": True, "port": 0}]}, [("endpoint[0]", "port", "is no port")]),
        ({"endpoint": [ENDPOINT | {"preferred": True, "port": 70000}]}, [("endpoint[0]", "port", "is no port")]),
    ],
)
def test_what_a_provider_must_say(
    tmp_path: Path, changes: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    entries = clean()
    entries["providers"]["new"] = provider(**changes)
    assert faults(tmp_path, entries) == [
        ("complete", "providers/new.toml", entry, key, problem) for entry, key, problem in expected
    ]


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": "api-key", "pattern": "[a-z"},
        {"kind": "api-key", "pattern": "[a-z]+", "lookalike": [{"pattern": "(", "is": "an account password"}]},
    ],
)
def test_a_shape_that_is_no_regular_expression(tmp_path: Path, secret: dict[str, Any]) -> None:
    entries = clean()
    entries["providers"]["new"] = provider(secret=secret)
    (only,) = faults(tmp_path, entries)
    assert only[:4] == ("complete", "providers/new.toml", "secret", "pattern")
    assert only[4].startswith("is no regular expression: ")
