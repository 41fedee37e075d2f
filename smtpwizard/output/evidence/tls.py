"""TLS and certificates, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.tls import Certificate, Handshake, OldTls, StartTls, TlsEvidence

_STARTTLS = {
    "accepted": "the server takes STARTTLS",
    "not-offered": "STARTTLS is not offered",
    "stripped": "STARTTLS was blotted out on the way: {detail}",
    "refused": "STARTTLS is offered and refused: {detail}",
    "injected": "data came before the handshake that wanted to pass for encrypted: {detail}",
}
_CERTIFICATE = {
    "trusted": "trusted",
    "pinned": "matches the pin",
    "expired": "expired on {not_after}",
    "not-yet-valid": "valid only from {not_before}",
    "self-signed": "signed by itself",
    "self-signed-in-chain": "its chain ends in a certificate that is not trusted here",
    "unknown-issuer": "its issuer is not trusted here",
    "incomplete-chain": "the server leaves out an intermediate certificate",
    "hostname-mismatch": "it is for {names}, not for {host}",
    "weak": "its key or signature is too weak ({key}, {signature})",
    "wrong-purpose": "it is not meant for servers",
    "revoked": "it has been revoked",
    "pin-mismatch": "it is not the pinned one",
    "invalid": "it could not be verified: {verify_message}",
}
_FAULTY = {
    "expired": "its chain holds one that has expired",
    "not-yet-valid": "its chain holds one that is not valid yet",
    "weak": "its chain holds one whose key or signature is too weak",
    "wrong-purpose": "its chain holds one that may not vouch for servers",
}
"""Where the fault is not the server's own certificate's."""


def describe(evidence: TlsEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case StartTls():
            return _STARTTLS[evidence.outcome].format(detail=evidence.detail or "")
        case Handshake():
            if evidence.outcome == "done":
                return f"{evidence.version}, {evidence.cipher}"
            if evidence.outcome == "timeout":
                return "the handshake was not finished in time"
            said = f": {evidence.detail}" if evidence.detail else ""
            return f"the handshake failed ({(evidence.reason or 'no reason given').replace('-', ' ')}){said}"
        case OldTls():
            return f"the server knows {evidence.version} at most, which is not safe any more"
        case Certificate():
            return _certificate(evidence)


def _certificate(evidence: Certificate) -> str:
    names = ", ".join(evidence.names[:4]) or "no name"
    text = _CERTIFICATE[evidence.verdict].format(
        not_after=evidence.not_after[:10],
        not_before=evidence.not_before[:10],
        names=names,
        host=evidence.host,
        key=evidence.key,
        signature=evidence.signature,
        verify_message=evidence.verify_message or "no reason given",
    )
    if evidence.faulty is not None:
        text = f"{_FAULTY.get(evidence.verdict, text)} ({evidence.faulty})"
    if evidence.known_to:
        text = f"{text}, though {evidence.known_to[0]} holds it"
    by = f"; replaced on the way by {evidence.interceptor}" if evidence.interceptor else ""
    until = f" until {evidence.not_after[:10]}" if evidence.verdict in {"trusted", "pinned"} else ""
    link = ": " if text.startswith(("it ", "its ")) else " "
    return f"certificate{link}{text}{until}{by}"
