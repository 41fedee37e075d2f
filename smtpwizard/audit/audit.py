"""Applies every rule and lists everything wrong at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from smtpwizard.audit import causes, providers, tree
from smtpwizard.audit.fault import Audited, Rule
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.check import Check
from smtpwizard.model.document import AuditDocument

RULES: Final[tuple[Rule, ...]] = (
    causes.causes_are_complete,
    causes.remedies_are_safe,
    causes.remedies_are_called_for,
    causes.rivals_are_causes,
    causes.advice_does_no_harm,
    causes.what_makes_sure_adds_to_the_title,
    causes.signs_name_what_exists,
    causes.signs_are_told_apart,
    causes.examples_lead_to_their_cause,
    providers.providers_are_complete,
    providers.providers_can_be_dialled,
    providers.secrets_are_told_apart,
    providers.providers_are_dated,
    providers.links_lead_somewhere,
    providers.providers_are_told_apart,
    tree.every_stage_has_an_entry,
    tree.exits_lead_somewhere,
    tree.nodes_are_reached_without_loops,
    tree.every_cause_is_concluded,
    tree.branches_and_questions_decide,
)


def audit(knowledge: Knowledge, checks: Sequence[Check]) -> AuditDocument:
    """Look at everything."""
    audited = Audited(knowledge, checks)
    faults = sorted(
        (found for rule in RULES for found in rule(audited)),
        key=lambda found: (found.file, found.rule, found.entry, found.key, found.problem),
    )
    return AuditDocument(
        providers=len(knowledge.providers),
        causes=len(knowledge.causes),
        signs=sum(len(cause.sign) for cause in knowledge.causes.values()),
        nodes=sum(len(stage_tree.node) for stage_tree in knowledge.tree.values()),
        targets=len(knowledge.targets),
        faults=tuple(faults),
    )
