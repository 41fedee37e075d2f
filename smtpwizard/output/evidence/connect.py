"""Connections, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.connect import (
    ConnectEvidence,
    Connection,
    Control,
    Families,
    HostingHint,
    PortAnswer,
    Ports,
    ThirdParty,
)

_CONNECT = {
    "open": "connected",
    "refused": "connection refused",
    "timeout": "no answer",
    "unreachable": "no route",
    "reset": "connection reset",
    "denied": "this machine forbids it",
    "failed": "failed",
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
_PURPOSE = {"ports": "whether the network lets out anything but mail", "clock": "what time it is there"}


def describe(evidence: ConnectEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case Connection():
            if evidence.outcome == "open":
                return f"{evidence.address} in {evidence.elapsed_ms:.0f} ms"
            return f"{evidence.address} port {evidence.port}: {_CONNECT[evidence.outcome]}"
        case Families():
            return _FAMILIES[evidence.outcome].format(dead=", ".join(evidence.dead), delay=evidence.delay_ms / 1000)
        case PortAnswer():
            does = _SPEAKS[evidence.speaks] if evidence.speaks else _CONNECT[evidence.outcome]
            does = f"{evidence.protocol.upper()}, {does}" if evidence.protocol else does
            return f"port {evidence.port} ({evidence.family}): {does}"
        case Ports():
            return _PORTS[evidence.outcome].format(answering=", ".join(map(str, evidence.answering)))
        case ThirdParty():
            return f"asking {evidence.host} port {evidence.port}, which is not mail, {_PURPOSE[evidence.purpose]}"
        case Control():
            end = "answers" if evidence.outcome == "answers" else "does not answer either"
            return f"{evidence.host} port {evidence.port} {end}"
        case HostingHint():
            ask = "; it opens them on request" if evidence.on_request else ""
            closed = ", ".join(map(str, evidence.closed))
            return f"{evidence.hosting} is known to close port {closed}{ask}"
