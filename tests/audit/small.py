"""A small knowledge folder that keeps every rule, for tests that break one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smtpwizard.audit.audit import audit
from smtpwizard.checks.catalog import all_checks
from tests.knowledge.small import cause, knowledge, provider, sign, tree, trees

Fault = tuple[str, str, str, str, str]


def clean() -> dict[str, Any]:
    """Entries without any fault."""
    return {
        "causes": {
            "wrong-password": cause(sign("535 wrong password", text=["wrong password"])),
            "app-password": cause(
                sign("535 application password required", text=["application password"], provider=["example"])
            ),
            "timeout": cause(
                sign(fact=["connect:timeout"]),
                sign("dial tcp: i/o timeout", text=["i/o timeout"], tool=["go"]),
                stage="connect",
            ),
        },
        "providers": {
            "example": provider(),
            "letters": provider(
                name="Letters", endpoint=[], status="no-smtp", status_note="It has no SMTP.", instead="Use another."
            ),
        },
        "tree": trees(
            auth=tree(
                {
                    "type": "branch",
                    "id": "start",
                    "title": "What was said?",
                    "case": [
                        {"go": "which", "close": ["wrong-password", "app-password"]},
                        {"go": "@app-password", "when": {"provider": ["example"]}},
                    ],
                    "otherwise": "ranked",
                },
                {
                    "type": "question",
                    "id": "which",
                    "text": "Was the password made for programs?",
                    "why": "Both look alike.",
                    "choice": [
                        {"value": "yes", "label": "Yes", "go": "@wrong-password"},
                        {"value": "no", "label": "No", "go": "@app-password"},
                    ],
                },
                {"type": "conclusion", "id": "ranked"},
            ),
            connect=tree(
                {
                    "type": "probe",
                    "id": "start",
                    "title": "Port 465 answers",
                    "check": "connect.open",
                    "passed": "@timeout",
                    "failed": "ranked",
                },
                {"type": "conclusion", "id": "ranked"},
            ),
        ),
        "tools": {"go": ["dial tcp"]},
    }


def faults(folder: Path, entries: dict[str, Any]) -> list[Fault]:
    """What the audit says of entries: rule, file, entry, key, problem."""
    found = audit(knowledge(folder, **entries), all_checks()).faults
    return [(one.rule, one.file, one.entry, one.key, one.problem) for one in found]
