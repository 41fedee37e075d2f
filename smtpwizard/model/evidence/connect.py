"""What becomes of TCP connections: to the server, on its other ports, and to others for comparison."""

from __future__ import annotations

from typing import Literal

from smtpwizard.model.evidence.base import Evidence

ConnectOutcome = Literal["open", "refused", "timeout", "unreachable", "reset", "denied", "failed"]


class Connection(Evidence, frozen=True, tag="connection"):
    """An attempt to open a TCP connection."""

    host: str
    address: str
    port: int
    family: Literal["IPv4", "IPv6"]
    outcome: ConnectOutcome
    errno: str | None
    """Symbolic name, such as ECONNREFUSED."""
    elapsed_ms: float

    @property
    def fact(self) -> str:
        return f"connect:{self.outcome}"


class Families(Evidence, frozen=True, tag="families"):
    """How the addresses of a host compare, where some are dead."""

    outcome: Literal["ipv6-dead", "ipv4-dead", "some-dead"]
    dead: tuple[str, ...]
    delay_ms: float
    """What trying the dead ones first costs a program that tries one address after the other."""

    @property
    def fact(self) -> str:
        return f"families:{self.outcome}"


PortSpeaks = Literal["smtp", "tls", "silent", "closes", "other"]


class PortAnswer(Evidence, frozen=True, tag="port"):
    """What one port of one address does: a cell of the port matrix."""

    told = ("detail",)

    address: str
    port: int
    family: Literal["IPv4", "IPv6"]
    outcome: ConnectOutcome
    speaks: PortSpeaks | None
    """None where no connection came about."""
    elapsed_ms: float
    detail: str | None = None
    protocol: str | None = None
    """What is spoken there, where it is something else than mail and was recognised."""

    @property
    def fact(self) -> str:
        return f"port:{self.speaks or self.outcome}"


class Ports(Evidence, frozen=True, tag="ports"):
    """What the mail ports of the host do, taken together."""

    outcome: Literal["usable", "another-open", "all-dropped", "all-refused", "mixed"]
    answering: tuple[int, ...]
    """Ports other than the account's on which mail can be submitted."""

    @property
    def fact(self) -> str:
        return f"ports:{self.outcome}"


class ThirdParty(Evidence, frozen=True, tag="third_party"):
    """Someone other than the server is about to be contacted. Recorded before the first packet."""

    host: str
    port: int
    purpose: Literal["ports", "clock"]
    """What it would decide: whether the network lets anything out, or which clock is wrong."""


class Control(Evidence, frozen=True, tag="control"):
    """What came of a connection that is not mail."""

    host: str
    address: str | None
    port: int
    purpose: Literal["ports", "clock"]
    outcome: Literal["answers", "dead"]
    detail: ConnectOutcome | None = None
    """How the last attempt to connect ended, where it was not open."""

    @property
    def fact(self) -> str | None:
        return f"control:{self.outcome}" if self.purpose == "ports" else None


class HostingHint(Evidence, frozen=True, tag="hosting_hint"):
    """A port got no answer, and the hosting company is known to close it. No proof that it did so here."""

    hosting: str
    port: int
    closed: tuple[int, ...]
    """Every port that the company is known to close."""
    on_request: bool
    """Whether it opens them for those who ask."""


ConnectEvidence = Connection | Families | PortAnswer | Ports | ThirdParty | Control | HostingHint
