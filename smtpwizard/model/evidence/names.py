"""What becomes of the host's name."""

from __future__ import annotations

from typing import Literal

from smtpwizard.model.evidence.base import Evidence

DnsOutcome = Literal[
    "answer",
    "nxdomain",
    "no-data",
    "servfail",
    "refused",
    "timeout",
    "lame",
    "loop",
    "malformed",
    "forged",
    "truncated",
    "unreachable",
    "bad-name",
]


class Resolution(Evidence, frozen=True, tag="resolution"):
    """An answer of the DNS."""

    name: str
    record: str
    outcome: DnsOutcome
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]
    """CNAME targets, in the order they were followed."""
    resolver: str | None
    elapsed_ms: float
    detail: str | None = None

    @property
    def fact(self) -> str:
        return f"dns:{self.outcome}"


class SystemResolution(Evidence, frozen=True, tag="system_resolution"):
    """What the operating system's resolver says: hosts file, split DNS and VPN included."""

    name: str
    outcome: Literal["answer", "not-found", "temporary", "failed", "timeout"]
    addresses: tuple[str, ...]
    errno: str | None
    elapsed_ms: float

    @property
    def fact(self) -> str:
        return f"system-dns:{self.outcome}"


class NamesDiffer(Evidence, frozen=True, tag="names_differ"):
    """The operating system and the DNS have no address in common: a hosts file, split DNS, a VPN, or a busy name."""

    name: str
    system: tuple[str, ...]
    dns: tuple[str, ...]
    outcome: Literal["other-addresses", "other-network"]
    """Whether only one of them says that the host is on this machine, or on a private network."""

    @property
    def fact(self) -> str:
        return f"names:{self.outcome}"


class AddressGiven(Evidence, frozen=True, tag="address_given"):
    """The address did not come from the DNS: an address literal, or an override of this run."""

    host: str
    port: int
    address: str
    to_port: int
    literal: bool


NameEvidence = Resolution | SystemResolution | NamesDiffer | AddressGiven
