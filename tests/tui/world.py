"""The wizard's surroundings as a test has them: scripted checks, a vault in memory, a clock that stands.

Scripted checks go through the real runner, so that a page sees the very events it sees in earnest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Context, Options, Record, Verdict
from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.evidence.dialogue import AuthAttempt, Capabilities, MessageSent, ReplyReceived
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.evidence.names import Resolution
from smtpwizard.model.evidence.tls import Certificate, Handshake
from smtpwizard.model.ports import Machine, Network, Ports, Resolver
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Stage, Status
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.frame.page import Page
from smtpwizard.wizard import changes
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Progress, Step
from smtpwizard.wizard.surroundings import PracticeSetup, Surroundings

SIZES = (pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40"))
PASSWORD = "abcdefghijklmnop"
"""The shape of a Google app password."""
HOSTILE = "[/b] [red] \x1b]0;owned\x07 \u202egnp.exe"
"""Markup, a terminal escape, a bidirectional override."""
TURNS = 2000
"""Turns of the loop within which something must have happened."""


@cache
def knowledge() -> Knowledge:
    """A small copy that stands still: the pictures must not change when a provider is added to the real one."""
    return load_knowledge(folder=Path(__file__).parent / "knowledge")


class StillClock:
    def monotonic(self) -> float:
        return 0.0

    def now(self) -> str:
        return "2026-11-21T10:00:00Z"


@dataclass
class MemoryVault:
    """Keeps secrets in memory, or fails to in the way that it is told."""

    outcome: Literal["usable", "missing", "locked", "loses", "timeout", "failed"] = "usable"
    kept: dict[str, Secret] = field(default_factory=dict)
    backend: str | None = "Secret Service (GNOME Keyring or compatible)"

    async def inspect(self) -> Keyring:
        # One that loses what it is given looks all right until it is tried.
        return Keyring(self.backend, "usable" if self.outcome == "loses" else self.outcome)

    async def store(self, name: str, secret: Secret) -> Keyring:
        if self.outcome == "usable":
            self.kept[name] = secret
        return Keyring(self.backend, self.outcome)

    async def load(self, name: str) -> tuple[Keyring, Secret | None]:
        return Keyring(self.backend, self.outcome), self.kept.get(name)

    async def delete(self, name: str) -> Keyring:
        self.kept.pop(name, None)
        return Keyring(self.backend, self.outcome)


@dataclass
class Waiting(MemoryVault):
    """Answers once its gate is open."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)

    async def store(self, name: str, secret: Secret) -> Keyring:
        self.asked.append(name)
        await self.gate.wait()
        return await super().store(name, secret)


class Raising(MemoryVault):
    """A vault that meets a fault of this program, which no outcome foresees."""

    async def inspect(self) -> Keyring:
        raise RuntimeError("the vault has a fault")

    async def store(self, name: str, secret: Secret) -> Keyring:
        raise RuntimeError(f"{secret.reveal()} cannot be kept")


def ports(vault: MemoryVault | None = None) -> Ports:
    """A world without names and networks: scripted checks need none."""
    return Ports(cast(Resolver, None), cast(Network, None), vault or MemoryVault(), StillClock(), cast(Machine, None))


def scripted(
    check_id: str,
    title: str,
    status: Status,
    *evidence: AnyEvidence,
    needs: tuple[str, ...] = (),
    said: tuple[tuple[Direction, str], ...] = (),
    gate: asyncio.Event | None = None,
    seen: Callable[[Context], None] | None = None,
) -> Check:
    """A check that says and records what it is told, and waits at its gate where it has one."""

    async def run(context: Context, record: Record) -> Verdict:
        if seen is not None:
            seen(context)
        for direction, text in said:
            context.say(direction, text)
        for item in evidence:
            record(item)
        if gate is not None:
            await gate.wait()
        return Verdict(status)

    return Check(check_id, title, Stage(check_id.partition(".")[0]), run, needs=needs)


ADDRESSES = Resolution("smtp.gmail.com", "A", "answer", ("192.0.2.25",), (), "192.0.2.53", 12.0)
CONNECTED = Connection("smtp.gmail.com", "192.0.2.25", 465, "IPv4", "open", None, 31.0)
TRUSTED = Certificate(
    "trusted",
    "smtp.gmail.com",
    "CN=smtp.gmail.com",
    "CN=WR2, O=Google Trust Services",
    ("smtp.gmail.com",),
    "2026-10-01T00:00:00Z",
    "2026-12-24T00:00:00Z",
    "EC 256",
    "sha256WithRSAEncryption",
    "0" * 64,
    "1" * 64,
    ("CN=smtp.gmail.com", "CN=WR2"),
    0,
    None,
)
OFFERS = Capabilities(True, "smtp.gmail.com", ("SIZE", "PIPELINING"), ("PLAIN", "LOGIN", "XOAUTH2"), 35882577)
TALK = (
    (Direction.RECEIVE, "220 smtp.gmail.com ESMTP gsmtp"),
    (Direction.SEND, "EHLO [127.0.0.1]"),
    (Direction.RECEIVE, "250-smtp.gmail.com at your service"),
    (Direction.RECEIVE, "250 AUTH PLAIN LOGIN XOAUTH2"),
)


def reply(stage: Stage, command: str | None, code: int, enhanced: str | None, *lines: str) -> ReplyReceived:
    return ReplyReceived(stage, command, code, enhanced, lines, 20.0)


def opening() -> list[Check]:
    """Everything before the log-in, passed."""
    return [
        scripted("settings.lint", "settings can work", Status.PASS),
        scripted("dns.address", "host name has addresses", Status.PASS, ADDRESSES),
        scripted("connect.open", "port can be connected to", Status.PASS, CONNECTED, needs=("dns.address",)),
        scripted(
            "tls.implicit",
            "certificate is trusted and for this host",
            Status.PASS,
            Handshake("done", "TLSv1.3", "TLS_AES_256_GCM_SHA384", None, None, 40.0),
            TRUSTED,
            needs=("connect.open",),
        ),
        scripted(
            "greeting.banner",
            "server greets",
            Status.PASS,
            reply(Stage.GREETING, None, 220, None, "smtp.gmail.com ESMTP gsmtp"),
            needs=("tls.implicit",),
            said=TALK[:1],
        ),
        scripted(
            "ehlo.extensions", "server answers EHLO", Status.PASS, OFFERS, needs=("greeting.banner",), said=TALK[1:]
        ),
    ]


def well(seen: Callable[[Context], None] | None = None) -> tuple[Check, ...]:
    """Every check passes, the envelope and a message included."""
    accepted = reply(Stage.AUTH, "AUTH", 235, "2.7.0", "Accepted")
    return (
        *opening(),
        scripted(
            "auth.login",
            "server takes user name and secret",
            Status.PASS,
            accepted,
            AuthAttempt("accepted", "PLAIN", ("PLAIN", "LOGIN"), 1),
            needs=("ehlo.extensions",),
            said=((Direction.SEND, "AUTH PLAIN ••••••"), (Direction.RECEIVE, "235 2.7.0 Accepted")),
            seen=seen,
        ),
        scripted(
            "mail.sender",
            "server takes the sender",
            Status.PASS,
            reply(Stage.MAIL, "MAIL", 250, "2.1.0", "OK"),
            needs=("auth.login",),
        ),
        _when_addressed(
            scripted(
                "rcpt.recipient",
                "server takes the recipient",
                Status.PASS,
                reply(Stage.RCPT, "RCPT", 250, "2.1.5", "OK"),
                needs=("mail.sender",),
            )
        ),
        _when_sending(
            scripted(
                "data.message",
                "server takes the test message",
                Status.PASS,
                MessageSent("<1@gmail.com>", "0a1b2c3d", 512, "grace@example.com"),
                needs=("rcpt.recipient",),
            )
        ),
    )


def refused(*lines: str, code: int = 535, enhanced: str | None = "5.7.8") -> tuple[Check, ...]:
    """Everything passes up to the log-in, which is refused."""
    said = lines or (
        "Username and Password not accepted. For more information, go to",
        "https://support.google.com/mail",
    )
    return (
        *opening(),
        scripted(
            "auth.login",
            "server takes user name and secret",
            Status.FAIL,
            reply(Stage.AUTH, "AUTH", code, enhanced, *said),
            AuthAttempt("refused", "PLAIN", ("PLAIN", "LOGIN"), 1),
            needs=("ehlo.extensions",),
            said=tuple((Direction.RECEIVE, f"{code} {line}") for line in said),
        ),
        scripted("mail.sender", "server takes the sender", Status.PASS, needs=("auth.login",)),
    )


def _when_addressed(check: Check) -> Check:
    return _with(check, lambda account, options: account.recipient is not None)


def _when_sending(check: Check) -> Check:
    return _with(check, lambda account, options: options.send)


def _with(check: Check, applies: Callable[[Account, Options], bool]) -> Check:
    return Check(check.id, check.title, check.stage, check.run, needs=check.needs, applies=applies)


@dataclass
class Opened:
    """A browser that notes what it is asked to open; or none."""

    there: bool = True
    pages: list[str] = field(default_factory=list)

    def __call__(self, url: str) -> bool:
        self.pages.append(url)
        return self.there


def surroundings(
    checks: Sequence[Check] | Callable[[], tuple[Check, ...]] = (),
    *,
    vault: MemoryVault | None = None,
    folder: Path = Path("/nowhere"),
    browser: Opened | None = None,
    practice: PracticeSetup | None = None,
    keep: bool = True,
) -> Surroundings:
    world = ports(vault)
    return Surroundings(
        knowledge=knowledge(),
        ports=lambda options: world,
        checks=checks if callable(checks) else lambda: tuple(checks),
        folder=folder,
        open_page=browser or Opened(),
        practice=practice,
        keep=keep,
    )


def at(progress: Progress, **other: object) -> Progress:
    """The progress with other values."""
    return replace(progress, **other)


def gmail(**other: object) -> Progress:
    """On Gmail's guide, with an address; `other` goes on from there."""
    return at(changes.choose_provider(Progress(), knowledge().providers["gmail"], "anna@gmail.com"), **other)


def custom(**other: object) -> Progress:
    """On the guide of a server of one's own."""
    return at(changes.choose_provider(Progress(), knowledge().providers["custom"]), **other)


def ready(**other: object) -> Progress:
    """Gmail with everything filled in."""
    return gmail(secret=Secret(PASSWORD), **other)


async def until(pilot: Pilot[Outcome], holds: Callable[[], bool]) -> None:
    """Let the app go on until a condition holds.

    Raises:
        AssertionError: it never does.
    """
    for _ in range(TURNS):
        if holds():
            await pilot.pause()
            return
        await pilot.pause()
    raise AssertionError("what was waited for did not happen")


def shows(app: WizardApp, step: Step) -> bool:
    """Whether the page of a step is there and takes keys."""
    page = app.screen
    return isinstance(page, Page) and page.STEP is step and page.is_mounted and app.progress.step is step


def text_of(app: App[Outcome]) -> str:
    """Everything that the screen shows, as text."""
    width, height = app.size
    lines = app.screen._compositor.render_strips()
    assert len(lines) <= height
    return "\n".join("".join(segment.text for segment in strip).rstrip()[:width] for strip in lines)


def wizard(progress: Progress | None = None, world: Surroundings | None = None) -> WizardApp:
    return WizardApp(world or surroundings(), progress)
