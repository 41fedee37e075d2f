"""Causes of failure, the signs that give them away, and what to do."""

from __future__ import annotations

from typing import Literal

import msgspec

from smtpwizard.model.provider import Source
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

Family = Literal["ipv6", "loopback"]
"""Kind of an address that was dialled; `loopback` is this machine itself, by address or as localhost."""


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A condition on one observation. Every key given must hold; within a list, one is enough."""

    stage: tuple[Stage, ...] = ()
    code: tuple[int, ...] = ()
    """Basic reply code, such as 535; 4 and 5 stand for the whole class."""
    enhanced: tuple[str, ...] = ()
    """Enhanced status code; `X.7.8` is that code in either class."""
    text: tuple[str, ...] = ()
    """Phrases. Case and white space never matter; `*` is any run of at most 60 characters, `#` any number."""
    provider: tuple[str, ...] = ()
    tool: tuple[str, ...] = ()
    """The program whose error it is, such as `nodemailer`."""
    errno: tuple[str, ...] = ()
    """Symbolic name, such as ECONNREFUSED."""
    fact: tuple[str, ...] = ()
    """`Evidence.fact`: what a live check saw, such as `tls:expired`."""
    check: tuple[str, ...] = ()
    status: tuple[Status, ...] = ()
    port: tuple[int, ...] = ()
    """The one port that a pasted text names."""
    security: tuple[Security, ...] = ()
    """How a pasted text says that the session is encrypted."""
    family: tuple[Family, ...] = ()
    """The one kind of address that a pasted text names."""
    vague: bool = False
    """Whether the phrases say that something failed, and not what: they count little beside any others."""

    @property
    def asks_further(self) -> bool:
        """Whether it asks for anything besides wording and codes."""
        return bool(
            self.provider
            or self.tool
            or self.stage
            or self.fact
            or self.check
            or self.status
            or self.errno
            or self.port
            or self.security
            or self.family
        )


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What gives a cause away. How much it weighs follows from how specific it is, and is never written."""

    when: When
    examples: tuple[str, ...] = ()
    """Texts as a program or server really printed them. A sign of facts alone, which no text shows, has none."""
    source: str | None = None
    """Where the wording is documented or was seen."""
    remedy: str = ""
    """Name of the remedy that it calls for, where the cause has several and the wording tells which."""


ActionKind = Literal[
    "set-endpoint",
    "enter-secret",
    "enter-username",
    "enter-sender",
    "open-page",
    "copy-command",
    "switch-mechanism",
    "wait",
    "re-test",
    "unlock-keyring",
]


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the program does for the person at the press of a key."""

    kind: ActionKind
    port: int | None = None
    security: Security | None = None
    host: str | None = None
    mechanism: str | None = None
    url: str | None = None
    minutes: int | None = None


class Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to do about a cause."""

    text: str
    """One sentence: what to do."""
    name: str = ""
    """By which signs call for it. Where some are called for, the other named ones are left out."""
    steps: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """Shell commands to copy. `{host}`, `{port}`, `{username}`, `{sender}`, `{domain}` are filled in; no secret."""
    links: tuple[str, ...] = ()
    action: Action | None = None
    provider: tuple[str, ...] = ()
    """Ids of providers this remedy is for; empty means all."""
    programs: dict[str, str] = {}
    """What to set in a program, by its name (`Tool.name`, or one of `Tool.also`)."""


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that keeps mail from being sent, and that has a cure of its own."""

    title: str
    stage: Stage
    explanation: str
    """Plain words: what it means."""
    sure: str
    """How to be sure."""
    remedy: tuple[Remedy, ...]
    source: tuple[Source, ...]
    proof: str
    """Id of the check that passes once it is cured."""
    id: str = ""
    """The file's name; never written in the file."""
    temporary: bool = False
    """Whether it may go away by itself."""
    sign: tuple[Sign, ...] = ()
    confused_with: tuple[str, ...] = ()
    """Causes that often hide behind the same words, likeliest first: text alone does not tell them from this one."""
    needs_live: str | None = None
    """Id of the check that tells this cause from its neighbours where text alone cannot."""


class Finding(msgspec.Struct, frozen=True):
    """A cause that the evidence speaks for."""

    cause: str
    confidence: float
    """0 to 1."""
    because: tuple[str, ...]
    """The words, codes and facts that said so."""
    stage: Stage
    floor: bool = False
    """Known only from the class of a code: wording and code itself are unknown."""
    remedies: tuple[str, ...] = ()
    """Names of the remedies that these call for."""
