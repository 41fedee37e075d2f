"""What a rule finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.check import Check
from smtpwizard.model.document import FaultDocument

UNWRITTEN: Final = "TODO"
"""What stands in a skeleton."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What is looked at."""

    knowledge: Knowledge
    checks: Sequence[Check]


Rule = Callable[[Audited], Iterator[FaultDocument]]


def fault(rule: str, file: str, entry: str, problem: str, key: str = "") -> FaultDocument:
    """One fault."""
    return FaultDocument(rule, file, entry, key, problem)
