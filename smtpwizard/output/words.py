"""Says in words what a check saw."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import AuthorityStores, ClockOff, Keyring, PeerClock, Surrounding
from smtpwizard.model.evidence.names import AddressGiven, NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.run import Crash, Deadline
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.evidence.tls import Certificate, Handshake, OldTls, StartTls
from smtpwizard.model.report import CheckResult
from smtpwizard.model.smtp import Limits, Security
from smtpwizard.model.stage import Status
from smtpwizard.model.text import printable

STATUS_WORDS = {
    Status.PASS: "passed",
    Status.WARN: "warning",
    Status.FAIL: "failed",
    Status.SKIP: "skipped",
    Status.ERROR: "error",
}
GLYPHS = {Status.PASS: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.SKIP: "–", Status.ERROR: "☠"}
SECURITY_WORDS = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "no encryption"}

_SETTING = {
    "empty": "{field} is empty",
    "scheme-in-host": "{field} holds an address of the web, not a host name: {value}",
    "path-in-host": "{field} holds a path: {value}",
    "port-in-host": "{field} holds the port too: {value}",
    "address-in-host": "{field} holds an e-mail address: {value}",
    "blank": "{field} holds a blank: {value}",
    "quoted": "{field} holds quotation marks: {value}",
    "control-character": "{field} holds a control character: {value}",
    "not-a-host-name": "{field} is no host name: {value}",
    "typo": "{field} looks mistyped: {value}",
    "port-out-of-range": "port {value} does not exist; ports go from 1 to 65535",
    "unusual-for-port": "port and security do not go together: {value}",
    "not-an-address": "{field} is no e-mail address: {value}",
    "outer-space": "{field} begins or ends with a space",
    "not-the-literal": "{field} is {value}",
    "ehlo-bare-address": "the address in EHLO lacks its brackets: {value}",
    "ehlo-localhost": "EHLO gives the name {value}, which many servers refuse",
    "ehlo-not-qualified": "EHLO gives a name without a domain, which many servers refuse: {value}",
    "ehlo-not-a-host-name": "EHLO gives what is no host name, which many servers refuse: {value}",
    "no-address": "{field} is no e-mail address: {value}",
    "other-shape": "{field} does not look like one of this provider: {value}",
}
_SECRET = {
    "empty": "the secret is empty",
    "too-long": "the secret is longer than any server takes",
    "line-break": "the secret contains a line break",
    "outer-space": "the secret begins or ends with a space",
    "inner-space": "the secret contains a space",
    "non-breaking-space": "the secret contains a non-breaking space",
    "invisible-character": "the secret contains an invisible character",
    "quoted": "the secret stands in quotation marks",
    "smart-quotes": "the secret contains typographic quotation marks",
    "non-ascii": "the secret contains characters outside ASCII",
}
_KEYRING = {
    "usable": "the keyring works",
    "missing": "this machine has no keyring",
    "locked": "the keyring is locked",
    "loses": "the keyring did not give back what it was given",
    "timeout": "the keyring does not answer; it may be waiting for a prompt",
    "failed": "the keyring refused",
}
_DNS = {
    "nxdomain": "the name does not exist",
    "no-data": "no address of this kind",
    "servfail": "the name server failed",
    "refused": "the name server refused to answer",
    "timeout": "the name server did not answer in time",
    "lame": "the name server does not know this domain",
    "loop": "the aliases lead in a circle",
    "malformed": "the answer could not be read",
    "forged": "the answers are to another question; someone may be forging them",
    "truncated": "the answer is cut off, and the rest of it cannot be had",
    "unreachable": "the name server cannot be reached",
    "bad-name": "this is no valid name",
}
_CONNECT = {
    "open": "connected",
    "refused": "connection refused",
    "timeout": "no answer",
    "unreachable": "no route",
    "reset": "connection reset",
    "denied": "this machine forbids it",
    "failed": "failed",
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
_STARTTLS = {
    "accepted": "the server takes STARTTLS",
    "not-offered": "STARTTLS is not offered",
    "stripped": "STARTTLS was blotted out on the way: {detail}",
    "refused": "STARTTLS is offered and refused: {detail}",
    "injected": "data came before the handshake that wanted to pass for encrypted: {detail}",
}
_DISCONNECTED = {
    "closed": "the server closed the connection",
    "reset": "the connection was reset",
    "tls": "the encrypted connection broke",
}
_SPEAKS = {
    "smtp": "greets",
    "tls": "TLS",
    "silent": "open, silent",
    "closes": "open, hangs up",
    "other": "not mail",
}
_FAMILIES = {
    "ipv6-dead": "IPv6 is dead, IPv4 works: {dead} costs a program up to {delay:.1f} s",
    "ipv4-dead": "IPv4 is dead, IPv6 works: {dead} costs a program up to {delay:.1f} s",
    "some-dead": "some addresses are dead: {dead}",
}
_PORTS = {
    "usable": "reached on the chosen port",
    "another-open": "the chosen port does not answer; {answering} does",
    "all-dropped": "no mail port answers at all",
    "all-refused": "every mail port refuses",
    "mixed": "no other mail port can be used",
}


_SURROUNDING = {
    "container": "runs in a container ({names})",
    "wsl": "runs in the Windows Subsystem for Linux",
    "virtual-machine": "runs in a virtual machine ({names})",
    "cloud": "runs at {names}",
    "proxy": "a proxy is set, which mail does not use ({names})",
    "vpn": "a VPN is up ({names})",
    "public-resolver": "names are looked up at public name servers ({names})",
    "no-resolver": "no name server is configured",
    "no-ca-store": "Python finds no certificate authorities where it looks",
    "ca-store-set": "the certificate authorities come from {names}",
    "localhost-in-container": "nothing listens there, and localhost is the inside of {names} only",
}
_CLOCK = {
    "release": "the clock says {now}, before this program was released",
    "certificate": "the clock says {now}, the certificate of the server {against}",
    "peer": "the clock says {now}, another one {against}, at which the certificate is valid",
}
_PEER_CLOCK = {"greeting": "the server's clock", "http": "a web server's clock"}
_PURPOSE = {"ports": "whether the network lets out anything but mail", "clock": "what time it is there"}


def summary(result: CheckResult) -> str:
    """One line on what a check saw: the fact that decided it, as far as one did."""
    if result.status is Status.SKIP:
        return f"not tried, because {result.because} did not pass" if result.because else "not tried"
    if not result.evidence:
        return "running" if result.running else ""
    return "; ".join(dict.fromkeys(filter(None, map(describe, _telling(result)))))


def _telling(result: CheckResult) -> list[AnyEvidence]:
    """The facts worth a line."""
    evidence = list(result.evidence)
    if result.id == "dns.address":
        return _resolutions(evidence)
    if result.id == "connect.ports":
        return [item for item in evidence if isinstance(item, Ports | HostingHint)]
    if result.id == "connect.every":
        return [item for item in evidence if isinstance(item, Families)] or evidence
    if result.stage == "auth":
        replies = [item for item in evidence if isinstance(item, ReplyReceived)]
        attempts = [item for item in evidence if isinstance(item, AuthAttempt)]
        return [*replies[-1:], *(a for a in attempts if a.outcome != "refused" or a.detail)] or evidence
    if result.stage == "ehlo":
        return [item for item in evidence if isinstance(item, Capabilities)] or evidence
    if result.stage == "tls":
        return evidence
    if result.stage == "data":
        return evidence[-1:]
    return evidence


def _resolutions(evidence: list[AnyEvidence]) -> list[AnyEvidence]:
    given = [item for item in evidence if isinstance(item, AddressGiven)]
    answers = [item for item in evidence if isinstance(item, Resolution)]
    good = [item for item in answers if item.outcome == "answer"]
    bad = [item for item in answers if item.outcome not in {"answer", "no-data"}]
    differ = [item for item in evidence if isinstance(item, NamesDiffer)]
    if given or differ:
        return [*given, *differ]
    if good:
        return [*good, *bad]
    system = [item for item in evidence if isinstance(item, SystemResolution) and item.addresses]
    slips = [item for item in evidence if isinstance(item, SettingFlaw)]
    return [*(system or bad or answers), *slips]


def secret_words(kind: str) -> str:
    """A kind of secret, in words."""
    words = kind.replace("-", " ").replace("oauth2", "OAuth 2.0").split()
    return " ".join({"api": "API", "smtp": "SMTP"}.get(word, word) for word in words)


def a_secret(kind: str) -> str:
    """A kind of secret, in words, with its article."""
    words = secret_words(kind)
    return f"an {words}" if words.startswith(("a", "A", "O")) or words.startswith("SMTP") else f"a {words}"


def describe(evidence: AnyEvidence) -> str:
    """One fact, in words. Safe to show, wherever the evidence came from."""
    return printable(_describe(evidence))


def _describe(evidence: AnyEvidence) -> str:
    match evidence:
        case SettingFlaw():
            pattern = _SETTING.get(evidence.flaw, "{field}: " + evidence.flaw)
            said = pattern.format(field=evidence.field, value=evidence.value)
            return f"{said} (is {evidence.suggestion} meant?)" if evidence.suggestion else said
        case SecretFlawed():
            return _SECRET.get(evidence.flaw, evidence.flaw)
        case SecretShape():
            if evidence.matches:
                return ""
            looks = f"; it looks like {evidence.looks_like}" if evidence.looks_like else ""
            return f"the secret does not have the shape of {a_secret(evidence.expected)}{looks}"
        case Keyring():
            return (
                f"{_KEYRING[evidence.outcome]} ({evidence.backend})" if evidence.backend else _KEYRING[evidence.outcome]
            )
        case Resolution():
            if evidence.outcome == "answer":
                alias = f" by way of {evidence.aliases[-1]}" if evidence.aliases else ""
                return f"{', '.join(evidence.addresses)}{alias}"
            return f"{evidence.record}: {_DNS[evidence.outcome]}"
        case SystemResolution():
            return (
                f"the system knows {', '.join(evidence.addresses)}" if evidence.addresses else "the system knows none"
            )
        case NamesDiffer():
            return f"the system says {', '.join(evidence.system)}, the DNS {', '.join(evidence.dns)}"
        case AddressGiven():
            how = "the host is an address" if evidence.literal else "address given for this run"
            return f"{evidence.address} port {evidence.to_port} ({how}; no DNS check)"
        case Connection():
            if evidence.outcome == "open":
                return f"{evidence.address} in {evidence.elapsed_ms:.0f} ms"
            return f"{evidence.address} port {evidence.port}: {_CONNECT[evidence.outcome]}"
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
        case AuthAttempt():
            text = _AUTH[evidence.outcome].format(
                mechanism=evidence.mechanism,
                offered=" ".join(evidence.offered) or "none",
                detail=evidence.detail or "unreadable",
            )
            return f"{text} ({evidence.detail})" if evidence.detail and evidence.outcome == "refused" else text
        case MessageSent():
            return f"sent to {evidence.recipient}: {evidence.message_id}, test word {evidence.token}"
        case Deadline():
            return f"stopped after {evidence.limit_ms / 1000:.0f} s"
        case Crash():
            return f"a fault of this program: {evidence.error} in {evidence.where}"
        case Families():
            return _FAMILIES[evidence.outcome].format(dead=", ".join(evidence.dead), delay=evidence.delay_ms / 1000)
        case PortAnswer():
            does = _SPEAKS[evidence.speaks] if evidence.speaks else _CONNECT[evidence.outcome]
            does = f"{evidence.protocol.upper()}, {does}" if evidence.protocol else does
            return f"port {evidence.port} ({evidence.family}): {does}"
        case Ports():
            return _PORTS[evidence.outcome].format(answering=", ".join(map(str, evidence.answering)))
        case Surrounding():
            return _SURROUNDING[evidence.aspect].format(names=", ".join(evidence.names))
        case AuthorityStores():
            return _stores(evidence)
        case ClockOff():
            return _CLOCK[evidence.proof].format(now=evidence.now[:10], against=evidence.against[:10])
        case PeerClock():
            return _peer_clock(evidence)
        case ThirdParty():
            return f"asking {evidence.host} port {evidence.port}, which is not mail, {_PURPOSE[evidence.purpose]}"
        case Control():
            end = "answers" if evidence.outcome == "answers" else "does not answer either"
            return f"{evidence.host} port {evidence.port} {end}"
        case HostingHint():
            ask = "; it opens them on request" if evidence.on_request else ""
            closed = ", ".join(map(str, evidence.closed))
            return f"{evidence.hosting} is known to close port {closed}{ask}"
        case Wording():
            return evidence.text
        case Answer():
            return f"answered {evidence.value}"
        case Probed():
            return f"tried {evidence.endpoint.host} port {evidence.endpoint.port} ({evidence.endpoint.security})"


def _stores(evidence: AuthorityStores) -> str:
    own, others = evidence.stores[0], evidence.stores[1:]
    if all(own.count >= other.count / 2 for other in others):
        return ""
    beside = ", ".join(f"{other.count} in {other.path}" for other in others)
    return f"Python knows {own.count} certificate authorities; there are {beside}"


def _limits(limits: Limits) -> list[str]:
    said = {"messages a session": limits.mail, "recipients a message": limits.rcpt, "domains": limits.rcpt_domain}
    return [f"at most {number:,} {of}" for of, number in said.items() if number is not None]


def _peer_clock(evidence: PeerClock) -> str:
    whose, seconds = _PEER_CLOCK[evidence.source], abs(evidence.differs_s)
    if seconds < 60:
        return ""
    by = f"{seconds / 86400:.0f} days" if seconds >= 172_800 else f"{seconds / 60:.0f} minutes"
    return f"ours is {by} {'ahead of' if evidence.differs_s > 0 else 'behind'} {whose}"


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


_FACT = re.compile(r"\b([a-z][a-z-]*):([a-z][a-z-]*)\b")


def fact_words(because: str, evidence: Iterable[AnyEvidence]) -> str:
    """A reason, with what was seen in place of the words of facts, such as `tls:expired`."""
    if not _FACT.search(because):
        return because
    seen = {item.fact: describe(item) for item in evidence}
    return _FACT.sub(lambda match: seen.get(match[0]) or f"{match[1]}: {match[2]}".replace("-", " "), because)
