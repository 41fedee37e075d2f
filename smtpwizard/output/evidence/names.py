"""What becomes of the host's name, in words."""

from __future__ import annotations

from smtpwizard.model.evidence.names import AddressGiven, NameEvidence, NamesDiffer, Resolution, SystemResolution

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


def describe(evidence: NameEvidence) -> str:
    """One fact, in words."""
    match evidence:
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
