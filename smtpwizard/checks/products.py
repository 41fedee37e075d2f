"""What checks hand on to later ones."""

from __future__ import annotations

from dataclasses import dataclass

from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.machine import PeerClock, Surrounding
from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.ports import Session
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions


@dataclass(frozen=True, slots=True)
class Destination:
    """One address to connect to."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Destinations:
    """Every address of the host, in the order in which they are tried."""

    found: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class Attempts:
    """Every attempt to connect that came to an end, whatever end."""

    made: tuple[Connection, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    """An open session."""

    session: Session

    async def leave(self) -> None:
        """End the session."""
        await self.session.quit(1.0)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What this machine runs in."""

    by: Surrounding


@dataclass(frozen=True, slots=True)
class Presented:
    """The certificate that the server showed, trusted or not."""

    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Refused:
    """A TLS handshake that did not come about, and with whom."""

    reason: str | None
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Greeted:
    """How the server greeted."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherClock:
    """What another machine's clock says."""

    said: PeerClock


@dataclass(frozen=True, slots=True)
class Introduced:
    """What the server offers, as last heard."""

    extensions: Extensions


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secret, from wherever it came."""

    secret: Secret
