"""What the practice server plays: scenarios as data, decoded strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal

import msgspec

from smtpwizard.knowledge.decode import DataFileError, Fault, fault, read_toml
from smtpwizard.model.errors import UsageError
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import printable
from smtpwizard.practice.persona import load_personas

SCENARIOS: Final = Path(__file__).parent / "scenarios"


class Step(StrEnum):
    """A moment of a session at which the server acts."""

    CONNECT = "connect"
    """The connection has been accepted; nothing was said, and no TLS was begun."""
    HANDSHAKE = "handshake"
    """In place of the server's part of a TLS handshake, implicit or after STARTTLS."""
    GREETING = "greeting"
    EHLO = "ehlo"
    HELO = "helo"
    STARTTLS = "starttls"
    AUTH = "auth"
    """On the AUTH command itself, before any credentials are read."""
    CREDENTIALS = "credentials"
    """Once the SASL conversation is over: the reply to the log-in."""
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    MESSAGE = "message"
    """After the dot that ends the message."""
    RSET = "rset"
    NOOP = "noop"
    QUIT = "quit"
    OTHER = "other"
    """A command that the server does not know."""


class Then(StrEnum):
    """How the session goes on after the server has acted."""

    GO_ON = "go-on"
    CLOSE = "close"
    """An orderly end of the connection."""
    RESET = "reset"
    """The connection is torn down (TCP RST)."""
    SILENCE = "silence"
    """Nothing more is said. The connection stays open until the client leaves."""
    AGAIN = "again"
    """The same is said to every further line, until the client leaves or cancels with `*`."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the server does at one step instead of behaving well.

    The first rule of a scenario whose conditions hold is taken. A rule that says nothing and goes on only delays the
    well-behaved answer.
    """

    step: Step
    argument: str | None = None
    """Pattern for what follows the verb, upper and lower case alike: `*` is any text, `?` any character."""
    encrypted: bool | None = None
    authenticated: bool | None = None
    mechanism: str | None = None
    credentials: Literal["right", "wrong"] | None = None
    times: int | None = None
    """Holds only the first times that this server hears this argument, over all its sessions."""
    after: int = 0
    """Holds only once the step has come this many times in the session."""
    delay: float = 0.0
    """Seconds before anything is sent."""
    pace: float = 0.0
    """Seconds between one octet and the next."""
    reply: tuple[str, ...] = ()
    """Lines, sent with CRLF. `{name}`, `{argument}`, `{password}` and `{password64}` are filled in; `{date}` is
    today's, `{date-30}` and `{date+30}` are the dates of so many days before and after."""
    raw: str = ""
    """Text sent as it stands, in UTF-8."""
    hex: str = ""
    """Octets, in hexadecimal."""
    pad: int = 0
    """Letters that are added to the last line of `reply`."""
    endless: bool = False
    """Whether all this is sent over and over until the client leaves."""
    error_challenge: str | None = None
    """JSON of the error challenge before the reply to a log-in (RFC 7628, section 3.2.2)."""
    then: Then = Then.GO_ON


class CertificateKind(StrEnum):
    """Which certificate the server shows."""

    VALID = "valid"
    FULL_CHAIN = "full-chain"
    """Issued by an intermediate authority, which is sent along."""
    INCOMPLETE_CHAIN = "incomplete-chain"
    """Issued by an intermediate authority, which is left out."""
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRES_SOON = "expires-soon"
    SELF_SIGNED = "self-signed"
    UNTRUSTED = "untrusted"
    """Issued by an authority that is not in the CA file."""
    OTHER_NAME = "other-name"
    WEAK_KEY = "weak-key"
    """RSA with 1024 bits."""
    WRONG_PURPOSE = "wrong-purpose"
    """For TLS clients only."""
    WRONG_KEY_USAGE = "wrong-key-usage"
    """Its key may do nothing that TLS needs."""
    INTERMEDIATE_WRONG_PURPOSE = "intermediate-wrong-purpose"
    """Issued by an intermediate authority that may vouch for TLS clients only."""
    INTERMEDIATE_NO_AUTHORITY = "intermediate-no-authority"
    """Issued by what is no authority (RFC 5280, section 4.2.1.9)."""
    INTERMEDIATE_EXPIRED = "intermediate-expired"
    INTERMEDIATE_WEAK_KEY = "intermediate-weak-key"
    """Issued by an intermediate authority with 1024 bits of RSA."""
    INTERCEPTED = "intercepted"
    """Issued by what calls itself an antivirus program."""


class Tls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the server does TLS."""

    certificate: CertificateKind = CertificateKind.VALID
    issuer: str = "Avast Web/Mail Shield Root"
    """Who an intercepted connection's certificate is issued by."""
    newest: Literal["1.1", "1.2", "1.3"] = "1.3"
    """Newest version that is spoken."""
    ciphers: str | None = None
    """OpenSSL's list of ciphers for TLS 1.2 and before; None is the usual ones."""
    client_certificate: bool = False
    """Whether a client certificate is demanded."""


class Offers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of the reply to EHLO after the first. None is what the server that is played usually says."""

    plain: tuple[str, ...] | None = None
    encrypted: tuple[str, ...] | None = None


class Dns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the name server says about the scenario's host name."""

    answer: Literal[
        "addresses",
        "nxdomain",
        "servfail",
        "refused",
        "silence",
        "lame",
        "loop",
        "wrong-id",
        "truncated",
        "garbage",
        "other-question",
    ] = "addresses"
    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Names that are passed through, by CNAME records, before the addresses."""
    delay: float = 0.0
    """Seconds before an answer."""
    silent: tuple[Literal["A", "AAAA"], ...] = ()
    """Record types that get no answer at all."""


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a check of the scenario must find."""

    verdict: Status
    cause: str | None = None
    """Id of the cause that must come first; None where nothing failed."""
    accept: tuple[str, ...] = ()
    """Causes that the server's words leave as likely, and that may come first."""
    check: str | None = None
    """Id of the first check that does not pass."""


class Cure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings with which the same server lets the client through."""

    security: Security | None = None
    username: str | None = None
    password: str | None = None
    sender: str | None = None
    recipient: str | None = None
    mechanism: str | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One server, how a client is told to come, and what it must find out."""

    title: str
    """A sentence for a list."""
    stage: Stage
    """Where it shows."""
    expect: Expect
    id: str = ""
    """The file's name; never written in the file."""
    provider: str | None = None
    """Provider that the client is told it talks to."""
    persona: str | None = None
    """Whose words the server uses; None is the provider's where it has some, else a plain server's."""
    name: str = "mail.practice.test"
    """Host name for the client, and in the certificate."""
    security: Security = Security.STARTTLS
    """How the client is told to come."""
    speaks: Security | None = None
    """How the server listens; None is as the client is told."""
    listens: Literal["accept", "refuse", "drop"] = "accept"
    """`refuse`: nothing listens on the port. `drop`: attempts to connect are not answered (on Linux)."""
    username: str = "ada@practice.test"
    password: str = "practice-makes-perfect"  # noqa: S105 - public, and good for nothing but practice
    sender: str = "ada@practice.test"
    recipient: str = "grace@practice.test"
    mechanism: str | None = None
    """Mechanism that the client is told to use; None leaves it to the client."""
    send: bool = False
    """Whether the client is told to send a message."""
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    """SASL mechanisms on offer."""
    auth_required: bool = True
    """Whether a sender is taken only after a log-in."""
    size: int = 26_214_400
    """Octets of the largest message taken."""
    tls: Tls = Tls()
    ehlo: Offers = Offers()
    on: tuple[Rule, ...] = ()
    dns: Dns | None = None
    cure: Cure | None = None

    @property
    def listening(self) -> Security:
        """How the server listens."""
        return self.security if self.speaks is None else self.speaks

    @property
    def right_username(self) -> str:
        """The user name that the server takes."""
        return self.username if self.cure is None or self.cure.username is None else self.cure.username

    @property
    def right_password(self) -> str:
        """The password or token that the server takes."""
        return self.password if self.cure is None or self.cure.password is None else self.cure.password


def load_scenarios(folder: Path = SCENARIOS) -> Mapping[str, Scenario]:
    """Every scenario of a folder by its id, in the order of stages and then of ids.

    Raises:
        DataFileError: a file cannot be read, or has an unknown, missing or ill-typed key. All faults are listed.
    """
    faults: list[Fault] = []
    found: list[Scenario] = []
    for path in sorted(folder.glob("*.toml")):
        scenario = read_toml(path, Scenario, faults)
        if scenario is not None:
            faults.extend(_contradictions(scenario, path))
            found.append(msgspec.structs.replace(scenario, id=path.stem))
    if faults:
        raise DataFileError("scenario files", faults)
    return {scenario.id: scenario for scenario in sorted(found, key=lambda item: (item.stage.order, item.id))}


def named(scenarios: Mapping[str, Scenario], scenario_id: str) -> Scenario:
    """The scenario of this id.

    Raises:
        UsageError: there is none.
    """
    scenario = scenarios.get(scenario_id)
    if scenario is None:
        shown = printable(scenario_id, limit=60)
        raise UsageError(f"There is no scenario {shown!r}. `smtpwizard practice --list` lists them.")
    return scenario


def _contradictions(scenario: Scenario, path: Path) -> list[Fault]:
    """What no single key shows to be wrong."""
    found: list[Fault] = []
    if scenario.persona is not None and scenario.persona not in load_personas():
        found.append(fault(path, f"there is no persona {scenario.persona!r}", key="persona"))
    if scenario.expect.verdict is Status.PASS and scenario.expect.cause is not None:
        found.append(fault(path, "what passes has no cause of failure", entry="expect", key="cause"))
    if scenario.expect.verdict is Status.FAIL and scenario.expect.cause is None:
        found.append(fault(path, "this key is missing", entry="expect", key="cause"))
    for number, rule in enumerate(scenario.on):
        place = f"on[{number}]"
        says_something = bool(rule.reply or rule.raw or rule.hex)
        if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", rule.hex) is None:
            found.append(fault(path, "is not a row of octets in hexadecimal", entry=place, key="hex"))
        if rule.error_challenge is not None and rule.step is not Step.CREDENTIALS:
            found.append(fault(path, "belongs to the step `credentials`", entry=place, key="error_challenge"))
        if (rule.endless or rule.then is Then.AGAIN) and not says_something:
            found.append(fault(path, "there is nothing to say over and over", entry=place, key="reply"))
        if rule.pad and not rule.reply:
            found.append(fault(path, "there is no line to be lengthened", entry=place, key="pad"))
    return found
