"""This machine, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.machine import (
    AuthorityStores,
    ClockOff,
    Keyring,
    MachineEvidence,
    PeerClock,
    Surrounding,
)

_KEYRING = {
    "usable": "the keyring works",
    "missing": "this machine has no keyring",
    "locked": "the keyring is locked",
    "loses": "the keyring did not give back what it was given",
    "timeout": "the keyring does not answer; it may be waiting for a prompt",
    "failed": "the keyring refused",
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


def describe(evidence: MachineEvidence) -> str:
    """One fact, in words."""
    match evidence:
        case Keyring():
            return (
                f"{_KEYRING[evidence.outcome]} ({evidence.backend})" if evidence.backend else _KEYRING[evidence.outcome]
            )
        case Surrounding():
            return _SURROUNDING[evidence.aspect].format(names=", ".join(evidence.names))
        case AuthorityStores():
            return _stores(evidence)
        case ClockOff():
            return _CLOCK[evidence.proof].format(now=evidence.now[:10], against=evidence.against[:10])
        case PeerClock():
            return _peer_clock(evidence)


def _stores(evidence: AuthorityStores) -> str:
    own, others = evidence.stores[0], evidence.stores[1:]
    if all(own.count >= other.count / 2 for other in others):
        return ""
    beside = ", ".join(f"{other.count} in {other.path}" for other in others)
    return f"Python knows {own.count} certificate authorities; there are {beside}"


def _peer_clock(evidence: PeerClock) -> str:
    whose, seconds = _PEER_CLOCK[evidence.source], abs(evidence.differs_s)
    if seconds < 60:
        return ""
    by = f"{seconds / 86400:.0f} days" if seconds >= 172_800 else f"{seconds / 60:.0f} minutes"
    return f"ours is {by} {'ahead of' if evidence.differs_s > 0 else 'behind'} {whose}"
