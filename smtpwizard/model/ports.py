"""What the core asks of the outside world. Adapters in `net` answer; tests plug in others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, PortAnswer
from smtpwizard.model.evidence.dialogue import ProtocolFlaw
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import AuthorityStore, Keyring, Surrounding
from smtpwizard.model.evidence.names import Resolution, SystemResolution
from smtpwizard.model.evidence.tls import Certificate, Handshake, StartTls
from smtpwizard.model.hosting import Hosting
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions, Mechanism, Reply, ReplyFlaw
from smtpwizard.model.stage import Status

_ODD: Final = frozenset({ReplyFlaw.DIFFERING_CODES, ReplyFlaw.LINE_TOO_LONG})

Say = Callable[[Direction, str], None]
"""Takes a line of the transcript."""


class Resolver(Protocol):
    """Looks names up. Every method answers within its time limit (seconds) and never raises for what the net does."""

    async def resolve(self, name: str, record: str, timeout: float) -> Resolution:
        """Ask the DNS for A or AAAA."""

    async def system(self, name: str, timeout: float) -> SystemResolution:
        """Ask the operating system."""


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """Whom to trust."""

    host: str
    """The name that the certificate must be for."""
    ca_file: str | None = None
    """PEM file of further authorities, besides the system's."""
    pin: str | None = None
    legacy: bool = False
    """Offer nothing but versions before 1.2, to learn what the peer knows. It is never trusted afterwards."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one step of a session."""

    reply: Reply | None
    """None where no reply came; `evidence` says what did."""
    evidence: tuple[AnyEvidence, ...]

    @property
    def ok(self) -> bool:
        """A positive reply came."""
        return self.reply is not None and self.reply.is_positive

    @property
    def status(self) -> Status:
        """Pass or fail; a warning where a positive reply contradicts itself, or is longer than programs read."""
        if not self.ok:
            return Status.FAIL
        odd = any(isinstance(item, ProtocolFlaw) and item.flaw in _ODD for item in self.evidence)
        return Status.WARN if odd else Status.PASS


@dataclass(frozen=True, slots=True)
class Shaken:
    """What came of a TLS handshake."""

    handshake: Handshake
    certificate: Certificate | None
    trusted: bool
    """Verified, or equal to the pin."""
    injected: StartTls | None = None
    """Set where bytes came between the reply to STARTTLS and the handshake, which then did not begin."""


class Session(Protocol):
    """One SMTP connection, driven step by step. Each step ends within its time limit, in seconds.

    After a handshake with a peer that is not trusted, a session says nothing but EHLO and QUIT; a step that would
    raises `PermissionError`. So does a log-in in clear text to another machine, unless the run allows it.
    """

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""

    @property
    def address(self) -> str:
        """IP address of the other side."""

    @property
    def port(self) -> int:
        """TCP port of the other side."""

    @property
    def default_ehlo_name(self) -> str:
        """What to say in EHLO where nothing is given: a name or address of this machine (RFC 5321, 4.1.3)."""

    async def handshake(self, policy: TlsPolicy, timeout: float) -> Shaken:
        """Turn TLS on, take the certificate's facts, decide whether to trust it."""

    async def greeting(self, timeout: float) -> Heard:
        """Wait for the server's greeting."""

    async def ehlo(self, name: str, timeout: float) -> tuple[Heard, Extensions | None]:
        """Introduce ourselves; HELO where the server does not know EHLO."""

    async def starttls(self, timeout: float) -> Heard:
        """Ask for TLS. The handshake follows."""

    async def auth(self, mechanism: Mechanism, username: str, secret: Secret, timeout: float) -> Heard:
        """Log in, once."""

    async def mail(
        self,
        sender: str,
        parameters: tuple[str, ...],
        timeout: float,
        *,
        recipient: str | None = None,
        then: Literal["rset", "data"] | None = None,
    ) -> Heard:
        """MAIL FROM.

        With `then`, the whole envelope goes out in one group (RFC 2920): RCPT TO where a recipient is given, and RSET
        with QUIT, or DATA. The steps that follow find their command already sent and only take the reply.
        """

    async def rcpt(self, recipient: str, timeout: float) -> Heard:
        """RCPT TO."""

    async def rset(self, timeout: float) -> Heard:
        """Forget the transaction."""

    async def data(self, message: bytes, timeout: float, *, then_quit: bool = False) -> tuple[Heard, Heard | None]:
        """DATA and, once invited, the message: the reply to each. `then_quit` puts QUIT into the same group."""

    async def quit(self, timeout: float) -> None:
        """Take leave if the session still stands, and close."""

    async def close(self) -> None:
        """Drop the connection at once, and see the socket closed."""


class Network(Protocol):
    """Opens connections."""

    async def connect(
        self, host: str, address: str, port: int, timeout: float, say: Say, *, allow_cleartext_auth: bool
    ) -> tuple[Connection, Session | None]:
        """Open one connection to one address."""

    async def identify(self, host: str, address: str, port: int, timeout: float, *, tls_first: bool) -> PortAnswer:
        """Find out what answers on a port, on a connection of its own that sends no credentials."""

    async def web_date(self, host: str, address: str, port: int, timeout: float) -> tuple[ConnectOutcome, str | None]:
        """Connect to a web server, and ask a trusted one for its headers: the moment it says, as RFC 3339, UTC."""


class Vault(Protocol):
    """Keeps secrets, under the name of an account. Each call ends within the adapter's own time limit."""

    async def inspect(self) -> Keyring:
        """Name the back end, and say whether it can be used."""

    async def store(self, name: str, secret: Secret) -> Keyring:
        """Keep a secret, read it back, and say whether it came back the same."""

    async def load(self, name: str) -> tuple[Keyring, Secret | None]:
        """Fetch a secret; None where there is none by that name."""

    async def delete(self, name: str) -> Keyring:
        """Forget a secret. One that is not there is no failure."""


class Clock(Protocol):
    """Time."""

    def monotonic(self) -> float:
        """Seconds, from an arbitrary start."""

    def now(self) -> str:
        """UTC, RFC 3339."""


class Machine(Protocol):
    """What this machine tells of itself, from its own files and variables: nothing here asks the network or raises.

    Reading files blocks for a moment: checks call this in a thread.
    """

    def enclosure(self) -> Surrounding | None:
        """The container, WSL or virtual machine that this is, the innermost of them; None where it is none."""

    def hosting(self) -> Hosting | None:
        """The hosting company, as the firmware names it."""

    def proxies(self) -> Surrounding | None:
        """Variables that send other traffic through a proxy."""

    def tunnels(self) -> Surrounding | None:
        """Network interfaces of a VPN."""

    def resolvers(self) -> Surrounding | None:
        """Name servers, where there are none or they are public ones."""

    def authorities(self) -> Surrounding | None:
        """Where Python looks for certificate authorities, where that is not its usual place or nothing is there."""

    def stores(self) -> tuple[AuthorityStore, ...]:
        """Every collection of certificate authorities, the one that Python's OpenSSL asks first."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world, as a run uses it."""

    resolver: Resolver
    network: Network
    vault: Vault
    clock: Clock
    machine: Machine
