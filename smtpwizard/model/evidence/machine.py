"""What this machine is, keeps and thinks the time is."""

from __future__ import annotations

from typing import Literal

import msgspec

from smtpwizard.model.evidence.base import Evidence


class Keyring(Evidence, frozen=True, tag="keyring"):
    """What the operating system's keyring did."""

    backend: str | None
    outcome: Literal["usable", "missing", "locked", "loses", "timeout", "failed"]
    detail: str | None = None

    @property
    def fact(self) -> str:
        return f"keyring:{self.outcome}"


class Surrounding(Evidence, frozen=True, tag="surrounding"):
    """Something about this machine that mail may depend on."""

    aspect: Literal[
        "container",
        "wsl",
        "virtual-machine",
        "cloud",
        "proxy",
        "vpn",
        "public-resolver",
        "no-resolver",
        "no-ca-store",
        "ca-store-set",
        "localhost-in-container",
    ]
    names: tuple[str, ...]
    """What it was known by: products, variables, interfaces, addresses, files. Never a variable's value."""

    @property
    def fact(self) -> str:
        return f"environment:{self.aspect}"


class AuthorityStore(msgspec.Struct, frozen=True):
    """One collection of certificate authorities."""

    whose: Literal["openssl", "system", "certifi"]
    path: str
    count: int


class AuthorityStores(Evidence, frozen=True, tag="authority_stores"):
    """How many authorities this machine keeps, and where."""

    stores: tuple[AuthorityStore, ...]
    """The one that Python's OpenSSL asks comes first."""


class ClockOff(Evidence, frozen=True, tag="clock"):
    """This machine's clock cannot be right."""

    outcome: Literal["behind", "ahead"]
    now: str
    """What the clock says: RFC 3339, UTC."""
    against: str
    """The moment that proves it wrong."""
    proof: Literal["release", "certificate", "peer"]
    """What that moment is of: this program's release, the certificate of a server, or another clock."""

    @property
    def fact(self) -> str:
        return f"clock:{self.outcome}"


class PeerClock(Evidence, frozen=True, tag="peer_clock"):
    """What another machine's clock says."""

    source: Literal["greeting", "http"]
    theirs: str
    """RFC 3339, UTC."""
    ours: str
    """What this machine's clock said at that moment."""
    differs_s: float
    """By how many seconds ours is ahead; negative where it is behind."""


MachineEvidence = Keyring | Surrounding | AuthorityStores | ClockOff | PeerClock
