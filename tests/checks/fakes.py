"""The outside world as a test has it: each part says what it was told to say, and notes what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Options, Verdict
from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, PortAnswer, PortSpeaks
from smtpwizard.model.evidence.dialogue import Silence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import AuthorityStore, Keyring, Surrounding
from smtpwizard.model.evidence.names import DnsOutcome, Resolution, SystemResolution
from smtpwizard.model.evidence.tls import Certificate, CertificateVerdict, Handshake
from smtpwizard.model.hosting import Hosting
from smtpwizard.model.ports import Heard, Ports, Say, Session, Shaken, TlsPolicy
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions, Mechanism, Reply, Security
from smtpwizard.runner.run import make_context

ACCOUNT = Account("mail.test", 587, Security.STARTTLS, username="alice", sender="a@mail.test", recipient="b@mail.test")


def said(code: int, text: str = "", *evidence: AnyEvidence) -> Heard:
    """A reply came."""
    return Heard(Reply(code, None, (text,)), evidence)


def nothing(*evidence: AnyEvidence) -> Heard:
    """No reply came."""
    return Heard(None, evidence)


def shaken(verdict: CertificateVerdict | None, not_after: str = "2030-01-01T00:00:00Z") -> Shaken:
    """A handshake whose certificate was judged so; None is a handshake that failed."""
    if verdict is None:
        return Shaken(Handshake("failed", None, None, "wrong-version-number", None, 1.0), None, False)
    certificate = Certificate(
        verdict=verdict,
        host="mail.test",
        subject="CN=mail.test",
        issuer="CN=Root",
        names=("mail.test",),
        not_before="2020-01-01T00:00:00Z",
        not_after=not_after,
        key="EC 256",
        signature="sha256",
        sha256="00",
        spki_sha256="00",
        chain=("CN=mail.test",),
        verify_code=0,
        verify_message=None,
    )
    done = Handshake("done", "TLSv1.3", "TLS_AES_256_GCM_SHA384", None, None, 1.0)
    return Shaken(done, certificate, verdict in {"trusted", "pinned"})


@dataclass
class FakeSession:
    """Answers each step with what the test says, and 250 otherwise."""

    answers: Mapping[str, Heard] = field(default_factory=dict)
    extensions: Extensions | None = field(
        default_factory=lambda: Extensions(("STARTTLS", "AUTH"), ("PLAIN", "LOGIN"), None)
    )
    shaken: Shaken = field(default_factory=lambda: shaken("trusted"))
    encrypted: bool = True
    forbidden: bool = False
    address: str = "192.0.2.1"
    port: int = 587
    default_ehlo_name: str = "[192.0.2.9]"
    asked: list[str] = field(default_factory=list)
    closed: bool = False
    message: bytes = b""
    secret: Secret | None = None
    policy: TlsPolicy | None = None

    def _answer(self, step: str, line: str) -> Heard:
        self.asked.append(line)
        return self.answers.get(step, said(250, "ok"))

    async def handshake(self, policy: TlsPolicy, timeout: float) -> Shaken:
        self.policy = policy
        self.asked.append("handshake")
        return self.shaken

    async def greeting(self, timeout: float) -> Heard:
        heard = self.answers.get("greeting", said(220, "mail.test"))
        if any(isinstance(item, Silence) for item in heard.evidence):
            await asyncio.sleep(timeout)
        return heard

    async def ehlo(self, name: str, timeout: float) -> tuple[Heard, Extensions | None]:
        heard = self._answer("ehlo", f"EHLO {name}")
        return heard, self.extensions if heard.ok else None

    async def starttls(self, timeout: float) -> Heard:
        return self._answer("starttls", "STARTTLS")

    async def auth(self, mechanism: Mechanism, username: str, secret: Secret, timeout: float) -> Heard:
        if self.forbidden:
            raise PermissionError
        self.secret = secret
        return self._answer("auth", f"AUTH {mechanism} {username}")

    async def mail(
        self,
        sender: str,
        parameters: tuple[str, ...],
        timeout: float,
        *,
        recipient: str | None = None,
        then: Literal["rset", "data"] | None = None,
    ) -> Heard:
        return self._answer("mail", " ".join((f"MAIL {sender}", *parameters, *([f"+{then}"] if then else []))))

    async def rcpt(self, recipient: str, timeout: float) -> Heard:
        return self._answer("rcpt", f"RCPT {recipient}")

    async def rset(self, timeout: float) -> Heard:
        return self._answer("rset", "RSET")

    async def data(self, message: bytes, timeout: float, *, then_quit: bool = False) -> tuple[Heard, Heard | None]:
        self.message = message
        invited = self._answer("data", "DATA")
        return invited, self.answers.get("message", said(250, "queued")) if invited.ok else None

    async def quit(self, timeout: float) -> None:
        self.asked.append("QUIT")

    async def close(self) -> None:
        self.closed = True


@dataclass
class FakeResolver:
    """Knows what each record and the system say. A record it knows nothing of never gets an answer."""

    records: Mapping[str, DnsOutcome | tuple[str, ...]] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    async def resolve(self, name: str, record: str, timeout: float) -> Resolution:
        self.asked.append(record)
        if record not in self.records:
            await asyncio.Event().wait()
        found = self.records[record]
        if isinstance(found, tuple):
            return Resolution(name, record, "answer" if found else "no-data", found, (), "192.0.2.53", 1.0)
        return Resolution(name, record, found, (), (), "192.0.2.53", 1.0)

    async def system(self, name: str, timeout: float) -> SystemResolution:
        self.asked.append("system")
        outcome: Literal["answer", "not-found"] = "answer" if self.known else "not-found"
        return SystemResolution(name, outcome, self.known, None, 1.0)


@dataclass
class FakeNetwork:
    """Knows what each address, and each port, does."""

    addresses: Mapping[str, ConnectOutcome] = field(default_factory=dict)
    ports: Mapping[int, ConnectOutcome | PortSpeaks] = field(default_factory=dict)
    sessions: list[FakeSession] = field(default_factory=list)
    peer: FakeSession | None = None
    """The session that each connection is, where it is to be a special one."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    tls_first: list[int] = field(default_factory=list)
    """Ports that were asked for a TLS handshake at once."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    date: str | None = None
    """What the time is by a web server."""

    async def web_date(self, host: str, address: str, port: int, timeout: float) -> tuple[ConnectOutcome, str | None]:
        self.asked.append((address, port))
        outcome = self.addresses.get(address, "open")
        return outcome, self.date if outcome == "open" else None

    async def connect(
        self, host: str, address: str, port: int, timeout: float, say: Say, *, allow_cleartext_auth: bool
    ) -> tuple[Connection, Session | None]:
        self.asked.append((address, port))
        self.limits.append(timeout)
        outcome = self.addresses.get(address, "open")
        if outcome == "timeout":
            await asyncio.sleep(timeout)
        family: Literal["IPv4", "IPv6"] = "IPv6" if ":" in address else "IPv4"
        evidence = Connection(host, address, port, family, outcome, None, 1.0)
        if outcome != "open":
            return evidence, None
        session = self.peer or FakeSession(address=address, port=port)
        self.sessions.append(session)
        self.opened.set()
        return evidence, session

    async def identify(self, host: str, address: str, port: int, timeout: float, *, tls_first: bool) -> PortAnswer:
        self.asked.append((address, port))
        if tls_first:
            self.tls_first.append(port)
        does = self.ports.get(port, "refused")
        if does in {"smtp", "tls", "silent", "closes", "other"}:
            return PortAnswer(address, port, "IPv4", "open", does, 1.0)
        return PortAnswer(address, port, "IPv4", does, None, 1.0)  # type: ignore[arg-type]


@dataclass
class FakeVault:
    """Holds secrets, or fails in the way it is told."""

    kept: dict[str, Secret] = field(default_factory=dict)
    outcome: Literal["usable", "missing", "locked", "loses", "timeout", "failed"] = "usable"

    def _facts(self) -> Keyring:
        return Keyring("test", self.outcome)

    async def inspect(self) -> Keyring:
        return self._facts()

    async def store(self, name: str, secret: Secret) -> Keyring:
        self.kept[name] = secret
        return self._facts()

    async def load(self, name: str) -> tuple[Keyring, Secret | None]:
        return self._facts(), self.kept.get(name) if self.outcome == "usable" else None

    async def delete(self, name: str) -> Keyring:
        self.kept.pop(name, None)
        return self._facts()


@dataclass
class FakeClock:
    """Stands on a day, and goes one millisecond further at each look."""

    today: str = "2026-01-01T00:00:00Z"
    _looks: int = 0

    def monotonic(self) -> float:
        self._looks += 1
        return self._looks / 1000

    def now(self) -> str:
        return self.today


@dataclass
class FakeMachine:
    """Tells of itself what the test says; an ordinary machine otherwise."""

    inside: Surrounding | None = None
    company: Hosting | None = None
    proxy: Surrounding | None = None
    tunnel: Surrounding | None = None
    resolver: Surrounding | None = None
    store: Surrounding | None = None
    collections: tuple[AuthorityStore, ...] = ()

    def stores(self) -> tuple[AuthorityStore, ...]:
        return self.collections

    def enclosure(self) -> Surrounding | None:
        return self.inside

    def hosting(self) -> Hosting | None:
        return self.company

    def proxies(self) -> Surrounding | None:
        return self.proxy

    def tunnels(self) -> Surrounding | None:
        return self.tunnel

    def resolvers(self) -> Surrounding | None:
        return self.resolver

    def authorities(self) -> Surrounding | None:
        return self.store


def ports(
    resolver: FakeResolver | None = None,
    network: FakeNetwork | None = None,
    vault: FakeVault | None = None,
    clock: FakeClock | None = None,
    machine: FakeMachine | None = None,
) -> Ports:
    """The outside world."""
    return Ports(
        resolver or FakeResolver(),
        network or FakeNetwork(),
        vault or FakeVault(),
        clock or FakeClock(),
        machine or FakeMachine(),
    )


async def carried_out(
    check: Check,
    *products: object,
    account: Account = ACCOUNT,
    secret: Secret | None = None,
    provider: Provider | None = None,
    options: Options | None = None,
    outside: Ports | None = None,
    known_hosts: tuple[str, ...] = (),
) -> tuple[Verdict, list[AnyEvidence]]:
    """Run one check by itself: its verdict, and what it recorded."""
    options = options or Options(timeout=0.3)
    secret = Secret("hunter2") if secret is None else secret
    base = make_context(account, secret, provider, options, outside or ports(), known_hosts)
    context = replace(base, products={type(product): product for product in products})
    recorded: list[AnyEvidence] = []
    async with asyncio.timeout(10):
        verdict = await check.run(context, recorded.append)
    return verdict, recorded
