"""Evidence of every kind, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smtpwizard.model.evidence.connect import ConnectEvidence
from smtpwizard.model.evidence.dialogue import DialogueEvidence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import MachineEvidence
from smtpwizard.model.evidence.names import NameEvidence
from smtpwizard.model.evidence.run import RunEvidence
from smtpwizard.model.evidence.settings import SettingEvidence
from smtpwizard.model.evidence.tls import TlsEvidence
from smtpwizard.model.text import printable
from smtpwizard.output.evidence import answers, connect, dialogue, machine, names, run, settings, tls

_FACT = re.compile(r"\b([a-z][a-z-]*):([a-z][a-z-]*)\b")


def describe(evidence: AnyEvidence) -> str:
    """One fact, in words. Safe to show, wherever the evidence came from."""
    return printable(_describe(evidence))


def fact_words(because: str, evidence: Iterable[AnyEvidence]) -> str:
    """A reason, with what was seen in place of the words of facts, such as `tls:expired`."""
    if not _FACT.search(because):
        return because
    seen = {item.fact: describe(item) for item in evidence}
    return _FACT.sub(lambda match: seen.get(match[0]) or f"{match[1]}: {match[2]}".replace("-", " "), because)


def _describe(evidence: AnyEvidence) -> str:
    if isinstance(evidence, SettingEvidence):
        return settings.describe(evidence)
    if isinstance(evidence, NameEvidence):
        return names.describe(evidence)
    if isinstance(evidence, ConnectEvidence):
        return connect.describe(evidence)
    if isinstance(evidence, TlsEvidence):
        return tls.describe(evidence)
    if isinstance(evidence, DialogueEvidence):
        return dialogue.describe(evidence)
    if isinstance(evidence, MachineEvidence):
        return machine.describe(evidence)
    if isinstance(evidence, RunEvidence):
        return run.describe(evidence)
    return answers.describe(evidence)
