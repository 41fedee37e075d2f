from __future__ import annotations

from smtpwizard.audit.audit import audit
from smtpwizard.checks.catalog import all_checks
from smtpwizard.knowledge.load import load_knowledge


def test_the_knowledge_that_comes_with_the_program_keeps_every_rule() -> None:
    faults = audit(load_knowledge(), all_checks()).faults
    assert not faults, "\n".join(f"{found.file}: {found.entry} {found.key}: {found.problem}" for found in faults)
