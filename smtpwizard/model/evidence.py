"""Facts that were seen: no advice, no verdict, no English.

Each fact is one frozen struct; its `kind` names it in JSON. `fact` is the word by which a sign of a cause asks for
it: the family, and what was found, as in `connect:refused`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from smtpwizard.model.smtp import Endpoint, Limits, Mechanism, Reply
from smtpwizard.model.stage import Stage, Status


class AuthorityStore(msgspec.Struct, frozen=True):
    """One collection of certificate authorities."""

    whose: Literal["openssl", "system", "certifi"]
    path: str
    count: int


class Evidence(msgspec.Struct, frozen=True, tag_field="kind"):
    """One fact."""

    told: ClassVar[tuple[str, ...]] = ()
    """Fields that hold the words of the other side: whatever it was told, it may repeat there."""

    @property
    def fact(self) -> str | None:
        """The word for signs, or None where a fact of this kind never gives a cause away by itself."""
        return None

    @property
    def at_stage(self) -> Stage | None:
        """The stage of the session this was seen in, where it is not that of the check."""
        return None


class SettingFlaw(Evidence, frozen=True, tag="setting_flaw"):
    """A setting that cannot work, or is rarely meant."""

    field: str
    """Name of the setting: host, port, security, username, from, to."""
    flaw: str
    value: str
    suggestion: str | None = None

    @property
    def fact(self) -> str:
        return f"setting:{self.flaw}"


class SecretFlawed(Evidence, frozen=True, tag="secret_flaw"):
    """Something about the secret that is rarely meant. Never holds the secret."""

    flaw: str

    @property
    def fact(self) -> str:
        return f"secret:{self.flaw}"


class SecretShape(Evidence, frozen=True, tag="secret_shape"):
    """Whether the secret has the shape of what the provider hands out."""

    expected: str
    matches: bool
    looks_like: str | None = None
    """Kind of secret whose shape it does have."""

    @property
    def fact(self) -> str:
        return "secret:right-shape" if self.matches else "secret:wrong-kind"


class Keyring(Evidence, frozen=True, tag="keyring"):
    """What the operating system's keyring did."""

    backend: str | None
    outcome: Literal["usable", "missing", "locked", "loses", "timeout", "failed"]
    detail: str | None = None

    @property
    def fact(self) -> str:
        return f"keyring:{self.outcome}"


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


class ReplyReceived(Evidence, frozen=True, tag="reply"):
    """A reply of the server, tied to what it answers."""

    told = ("lines",)

    stage: Stage
    command: str | None
    """The verb it answers; None for the greeting and for a reply nobody asked for."""
    code: int
    enhanced: str | None
    lines: tuple[str, ...]
    elapsed_ms: float

    @property
    def reply(self) -> Reply:
        """The reply itself."""
        return Reply(self.code, self.enhanced, self.lines)

    @property
    def at_stage(self) -> Stage:
        return self.stage


class Silence(Evidence, frozen=True, tag="silence"):
    """The server did not finish an answer within the time limit."""

    told = ("received",)

    stage: Stage
    waited_ms: float
    received: str
    """What had come of an unfinished answer; empty when nothing had."""

    @property
    def fact(self) -> str:
        return "silence:partial" if self.received else "silence"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class Disconnected(Evidence, frozen=True, tag="disconnected"):
    """The connection ended before its time."""

    told = ("detail",)

    stage: Stage
    how: Literal["closed", "reset", "timeout", "tls", "failed"]
    errno: str | None
    detail: str | None = None

    @property
    def fact(self) -> str:
        # A TLS alert after the handshake is the late end of that handshake (RFC 8446, section 4.4.2.4).
        return f"handshake:{self.detail}" if self.how == "tls" and self.detail else f"disconnected:{self.how}"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class ForeignProtocol(Evidence, frozen=True, tag="foreign_protocol"):
    """Something else than SMTP answered."""

    told = ("sample",)

    protocol: str
    sample: str

    @property
    def fact(self) -> str:
        return f"protocol:{self.protocol}"


class ProtocolFlaw(Evidence, frozen=True, tag="protocol_flaw"):
    """The server broke the protocol."""

    told = ("sample",)

    stage: Stage
    flaw: str
    sample: str

    @property
    def fact(self) -> str:
        return f"protocol-flaw:{self.flaw}"

    @property
    def at_stage(self) -> Stage:
        return self.stage


class ServerSoftware(Evidence, frozen=True, tag="software"):
    """The software that greets, as far as its words tell."""

    name: str


class Capabilities(Evidence, frozen=True, tag="capabilities"):
    """What the server offers."""

    told = ("server", "keywords", "auth")

    encrypted: bool
    server: str
    keywords: tuple[str, ...]
    auth: tuple[str, ...]
    size: int | None
    limits: Limits = Limits()
    """What the server takes in one session or message (RFC 9422)."""


class MissingExtension(Evidence, frozen=True, tag="missing_extension"):
    """What has to be sent needs an extension that the server does not offer."""

    name: Literal["SMTPUTF8"]

    @property
    def fact(self) -> str:
        return f"missing:{self.name.lower()}"


class StartTls(Evidence, frozen=True, tag="starttls"):
    """How the upgrade by STARTTLS went (RFC 3207)."""

    told = ("detail",)

    outcome: Literal["accepted", "not-offered", "stripped", "refused", "injected"]
    detail: str | None = None

    @property
    def fact(self) -> str:
        return f"starttls:{self.outcome}"


class Handshake(Evidence, frozen=True, tag="handshake"):
    """A TLS handshake that did or did not come about."""

    told = ("detail",)

    outcome: Literal["done", "failed", "timeout"]
    version: str | None
    cipher: str | None
    reason: str | None
    """OpenSSL's reason in lower case with hyphens, such as `wrong-version-number`."""
    detail: str | None
    elapsed_ms: float

    @property
    def fact(self) -> str:
        if self.outcome == "failed":
            return f"handshake:{self.reason or 'failed'}"
        return f"handshake:{self.outcome}"


class OldTls(Evidence, frozen=True, tag="old_tls"):
    """The server agrees to a version of TLS that is not safe any more (RFC 8996), and to no newer one."""

    version: str
    cipher: str | None

    @property
    def fact(self) -> str:
        return "tls:too-old"


CertificateVerdict = Literal[
    "trusted",
    "pinned",
    "expired",
    "not-yet-valid",
    "self-signed",
    "self-signed-in-chain",
    "unknown-issuer",
    "incomplete-chain",
    "hostname-mismatch",
    "weak",
    "wrong-purpose",
    "revoked",
    "pin-mismatch",
    "invalid",
]


class Certificate(Evidence, frozen=True, tag="certificate"):
    """The certificate a server showed, and what verification says of it (RFC 5280, RFC 9525)."""

    told = ("subject", "issuer", "names", "chain", "faulty")

    verdict: CertificateVerdict
    host: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and IP addresses of the subjectAltName extension."""
    not_before: str
    """RFC 3339, UTC."""
    not_after: str
    key: str
    """Algorithm and size, such as `RSA 2048`."""
    signature: str
    sha256: str
    """Fingerprint of the certificate, lower-case hexadecimal."""
    spki_sha256: str
    """Fingerprint of the public key (RFC 7469's pin, in hexadecimal)."""
    chain: tuple[str, ...]
    """Subjects as the server sent them, its own first."""
    verify_code: int
    """OpenSSL's X509_V_ERR number; 0 is X509_V_OK."""
    verify_message: str | None
    interceptor: str | None = None
    """Product whose name stands in the issuer, where it is one that replaces certificates."""
    faulty: str | None = None
    """Subject of the certificate that the verdict is about, where that is not the server's own."""
    known_to: tuple[str, ...] = ()
    """Files of authorities on this machine that OpenSSL was not told of, and that do vouch for the chain."""
    vouched_by: Literal["system"] | None = None
    """Set where the operating system's own store vouched, and the files of OpenSSL did not."""

    @property
    def fact(self) -> str:
        if self.interceptor:
            return "tls:intercepted"
        return "tls:known-elsewhere" if self.known_to else f"tls:{self.verdict}"


_TOKEN_MECHANISMS = frozenset(mechanism for mechanism in Mechanism if mechanism.takes_token)


class AuthAttempt(Evidence, frozen=True, tag="auth"):
    """The one log-in attempt of a run, or why there was none."""

    told = ("offered", "detail")

    outcome: Literal[
        "accepted",
        "refused",
        "not-offered",
        "needs-tls",
        "mechanism-unsupported",
        "cleartext-refused",
        "bad-challenge",
        "unpreparable",
        "no-credentials",
    ]
    mechanism: str | None
    offered: tuple[str, ...]
    attempts: int
    detail: str | None = None

    @property
    def fact(self) -> str:
        if self.outcome == "refused" and self.mechanism in _TOKEN_MECHANISMS:
            return "auth:token-refused"
        return f"auth:{self.outcome}"


class MessageSent(Evidence, frozen=True, tag="message"):
    """The test message that the server took over."""

    message_id: str
    token: str
    """Unique word in subject and body, to find the message by."""
    octets: int
    recipient: str


class Deadline(Evidence, frozen=True, tag="deadline"):
    """A check was stopped at its time limit."""

    limit_ms: float

    @property
    def fact(self) -> str:
        return "deadline"


class Crash(Evidence, frozen=True, tag="crash"):
    """A fault of this program."""

    error: str
    where: str


PortSpeaks = Literal["smtp", "tls", "silent", "closes", "other"]


class Families(Evidence, frozen=True, tag="families"):
    """How the addresses of a host compare, where some are dead."""

    outcome: Literal["ipv6-dead", "ipv4-dead", "some-dead"]
    dead: tuple[str, ...]
    delay_ms: float
    """What trying the dead ones first costs a program that tries one address after the other."""

    @property
    def fact(self) -> str:
        return f"families:{self.outcome}"


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


class Wording(Evidence, frozen=True, tag="wording"):
    """Text of an unknown program, as a person pasted it."""

    text: str
    stage: Stage | None = None
    tool: str | None = None
    errno: str | None = None

    @property
    def at_stage(self) -> Stage | None:
        return self.stage


class Answer(Evidence, frozen=True, tag="answer"):
    """What the person answered to a question of the troubleshooter."""

    question: str
    value: str

    @property
    def fact(self) -> str:
        return f"answer:{self.question}={self.value}"


class Probed(Evidence, frozen=True, tag="probe"):
    """What a probe of the troubleshooter saw with other settings."""

    node: str
    endpoint: Endpoint
    status: Status
    facts: tuple[str, ...]

    @property
    def fact(self) -> str:
        return f"probe:{self.node}={self.status}"


AnyEvidence = (
    SettingFlaw
    | SecretFlawed
    | SecretShape
    | Keyring
    | Resolution
    | SystemResolution
    | NamesDiffer
    | AddressGiven
    | Connection
    | ReplyReceived
    | Silence
    | Disconnected
    | ForeignProtocol
    | ProtocolFlaw
    | ServerSoftware
    | Capabilities
    | MissingExtension
    | StartTls
    | Handshake
    | OldTls
    | Certificate
    | AuthAttempt
    | MessageSent
    | Deadline
    | Crash
    | Families
    | PortAnswer
    | Ports
    | Surrounding
    | AuthorityStores
    | ClockOff
    | PeerClock
    | ThirdParty
    | Control
    | HostingHint
    | Wording
    | Answer
    | Probed
)
"""Every kind of evidence, for decoding."""
