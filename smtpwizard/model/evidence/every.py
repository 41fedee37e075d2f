"""Every kind of evidence in one type."""

from __future__ import annotations

from smtpwizard.model.evidence.answers import AnswerEvidence
from smtpwizard.model.evidence.connect import ConnectEvidence
from smtpwizard.model.evidence.dialogue import DialogueEvidence
from smtpwizard.model.evidence.machine import MachineEvidence
from smtpwizard.model.evidence.names import NameEvidence
from smtpwizard.model.evidence.run import RunEvidence
from smtpwizard.model.evidence.settings import SettingEvidence
from smtpwizard.model.evidence.tls import TlsEvidence

AnyEvidence = (
    SettingEvidence
    | NameEvidence
    | ConnectEvidence
    | TlsEvidence
    | DialogueEvidence
    | MachineEvidence
    | RunEvidence
    | AnswerEvidence
)
"""Every kind of evidence, for decoding."""
