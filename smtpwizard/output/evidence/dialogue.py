"""What the server says, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.dialogue import (
    AuthAttempt,
    Capabilities,
    DialogueEvidence,
    Disconnected,
    ForeignProtocol,
    MessageSent,
    MissingExtension,
    ProtocolFlaw,
    ReplyReceived,
    ServerSoftware,
    Silence,
)
from smtpwizard.model.smtp import Limits

_DISCONNECTED = {
    "closed": "the server closed the connection",
    "reset": "the connection was reset",
    "tls": "the encrypted connection broke",
}
_AUTH = {
    "accepted": "logged in with {mechanism}",
    "refused": "{mechanism} refused",
    "not-offered": "the server offers no log-in",
    "needs-tls": "log-in is offered only after TLS",
    "mechanism-unsupported": "no usable mechanism; offered: {offered}",
    "cleartext-refused": "not attempted: the password would cross the network unencrypted",
    "bad-challenge": "the server's challenge for {mechanism} makes no sense: {detail}",
    "unpreparable": "not attempted: user name or password holds characters that {mechanism} cannot carry",
    "no-credentials": "no secret to log in with",
}
_OFFERS = frozenset(
    {"STARTTLS", "PIPELINING", "SMTPUTF8", "8BITMIME", "CHUNKING", "BINARYMIME", "DSN", "REQUIRETLS", "DELIVERBY"},
)


def describe(evidence: DialogueEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case ReplyReceived():
            return str(evidence.reply)
        case Silence():
            waited = f"{evidence.waited_ms / 1000:.1f} s"
            if evidence.received:
                return f"an unfinished answer after {waited}: {evidence.received}"
            return f"no word from the server in {waited}"
        case Disconnected():
            ended = _DISCONNECTED.get(evidence.how, "the connection broke")
            return f"{ended} ({evidence.detail})" if evidence.detail else ended
        case ForeignProtocol():
            return f"this is {evidence.protocol.upper()}, not SMTP: {evidence.sample}"
        case ProtocolFlaw():
            return f"the server breaks the protocol ({evidence.flaw.replace('-', ' ')}): {evidence.sample}"
        case ServerSoftware():
            return f"this is {evidence.name}"
        case Capabilities():
            offers = [word for word in evidence.keywords if word in _OFFERS]
            auth = [f"AUTH {' '.join(evidence.auth)}"] if evidence.auth else []
            size = [f"SIZE {evidence.size:,}"] if evidence.size else []
            return ", ".join([*auth, *size, *offers, *_limits(evidence.limits)]) or "nothing beyond the basics"
        case MissingExtension():
            return f"the address needs {evidence.name}, which the server does not offer"
        case AuthAttempt():
            text = _AUTH[evidence.outcome].format(
                mechanism=evidence.mechanism,
                offered=" ".join(evidence.offered) or "none",
                detail=evidence.detail or "unreadable",
            )
            return f"{text} ({evidence.detail})" if evidence.detail and evidence.outcome == "refused" else text
        case MessageSent():
            return f"sent to {evidence.recipient}: {evidence.message_id}, test word {evidence.token}"


def _limits(limits: Limits) -> list[str]:
    said = {"messages a session": limits.mail, "recipients a message": limits.rcpt, "domains": limits.rcpt_domain}
    return [f"at most {number:,} {of}" for of, number in said.items() if number is not None]
