"""What the server says, offers and refuses, and how the dialogue ends."""

from __future__ import annotations

from typing import Literal

from smtpwizard.model.evidence.base import Evidence
from smtpwizard.model.smtp import Limits, Mechanism, Reply
from smtpwizard.model.stage import Stage


class ReplyReceived(Evidence, frozen=True, tag="reply"):
    """A reply of the server, tied to what it answers."""

    told = ("lines",)

    stage: Stage
    command: str | None
    """The verb it answers; None for the greeting and for a reply nobody asked for."""
    code: int
    enhanced: str | None
    lines: tuple[str, ...]
    elapsed_ms: float

    @property
    def reply(self) -> Reply:
        """The reply itself."""
        return Reply(self.code, self.enhanced, self.lines)

    @property
    def at_stage(self) -> Stage:
        return self.stage


class Silence(Evidence, frozen=True, tag="silence"):
    """The server did not finish an answer within the time limit."""

    told = ("received",)

    stage: Stage
    waited_ms: float
    received: str
    """What had come of an unfinished answer; empty when nothing had."""

    @property
    def fact(self) -> str:
        return "silence:partial" if self.received else "silence"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class Disconnected(Evidence, frozen=True, tag="disconnected"):
    """The connection ended before its time."""

    told = ("detail",)

    stage: Stage
    how: Literal["closed", "reset", "timeout", "tls", "failed"]
    errno: str | None
    detail: str | None = None

    @property
    def fact(self) -> str:
        # A TLS alert after the handshake is the late end of that handshake (RFC 8446, section 4.4.2.4).
        return f"handshake:{self.detail}" if self.how == "tls" and self.detail else f"disconnected:{self.how}"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class ForeignProtocol(Evidence, frozen=True, tag="foreign_protocol"):
    """Something else than SMTP answered."""

    told = ("sample",)

    protocol: str
    sample: str

    @property
    def fact(self) -> str:
        return f"protocol:{self.protocol}"


class ProtocolFlaw(Evidence, frozen=True, tag="protocol_flaw"):
    """The server broke the protocol."""

    told = ("sample",)

    stage: Stage
    flaw: str
    sample: str

    @property
    def fact(self) -> str:
        return f"protocol-flaw:{self.flaw}"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class ServerSoftware(Evidence, frozen=True, tag="software"):
    """The software that greets, as far as its words tell."""

    name: str


class Capabilities(Evidence, frozen=True, tag="capabilities"):
    """What the server offers."""

    told = ("server", "keywords", "auth")

    encrypted: bool
    server: str
    keywords: tuple[str, ...]
    auth: tuple[str, ...]
    size: int | None
    limits: Limits = Limits()
    """What the server takes in one session or message (RFC 9422)."""


class MissingExtension(Evidence, frozen=True, tag="missing_extension"):
    """What has to be sent needs an extension that the server does not offer."""

    name: Literal["SMTPUTF8"]

    @property
    def fact(self) -> str:
        return f"missing:{self.name.lower()}"


_TOKEN_MECHANISMS = frozenset(mechanism for mechanism in Mechanism if mechanism.takes_token)


class AuthAttempt(Evidence, frozen=True, tag="auth"):
    """The one log-in attempt of a run, or why there was none."""

    told = ("offered", "detail")

    outcome: Literal[
        "accepted",
        "refused",
        "not-offered",
        "needs-tls",
        "mechanism-unsupported",
        "cleartext-refused",
        "bad-challenge",
        "unpreparable",
        "no-credentials",
    ]
    mechanism: str | None
    offered: tuple[str, ...]
    attempts: int
    detail: str | None = None

    @property
    def fact(self) -> str:
        if self.outcome == "refused" and self.mechanism in _TOKEN_MECHANISMS:
            return "auth:token-refused"
        return f"auth:{self.outcome}"


class MessageSent(Evidence, frozen=True, tag="message"):
    """The test message that the server took over."""

    message_id: str
    token: str
    """Unique word in subject and body, to find the message by."""
    octets: int
    recipient: str


DialogueEvidence = (
    ReplyReceived
    | Silence
    | Disconnected
    | ForeignProtocol
    | ProtocolFlaw
    | ServerSoftware
    | Capabilities
    | MissingExtension
    | AuthAttempt
    | MessageSent
)
