"""Every kind of evidence in one type."""

from __future__ import annotations

from smtpwizard.model.evidence.answers import Answer, Probed, Wording
from smtpwizard.model.evidence.connect import Connection, Control, Families, HostingHint, PortAnswer, Ports, ThirdParty
from smtpwizard.model.evidence.dialogue import (
    AuthAttempt,
    Capabilities,
    Disconnected,
    ForeignProtocol,
    MessageSent,
    MissingExtension,
    ProtocolFlaw,
    ReplyReceived,
    ServerSoftware,
    Silence,
)
from smtpwizard.model.evidence.machine import AuthorityStores, ClockOff, Keyring, PeerClock, Surrounding
from smtpwizard.model.evidence.names import AddressGiven, NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.run import Crash, Deadline
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.evidence.tls import Certificate, Handshake, OldTls, StartTls

AnyEvidence = (
    SettingFlaw
    | SecretFlawed
    | SecretShape
    | Keyring
    | Resolution
    | SystemResolution
    | NamesDiffer
    | AddressGiven
    | Connection
    | ReplyReceived
    | Silence
    | Disconnected
    | ForeignProtocol
    | ProtocolFlaw
    | ServerSoftware
    | Capabilities
    | MissingExtension
    | StartTls
    | Handshake
    | OldTls
    | Certificate
    | AuthAttempt
    | MessageSent
    | Deadline
    | Crash
    | Families
    | PortAnswer
    | Ports
    | Surrounding
    | AuthorityStores
    | ClockOff
    | PeerClock
    | ThirdParty
    | Control
    | HostingHint
    | Wording
    | Answer
    | Probed
)
"""Every kind of evidence, for decoding."""
