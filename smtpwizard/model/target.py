"""What is known of the programs and frameworks that settings are written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from smtpwizard.model.provider import Source
from smtpwizard.model.smtp import Security

Holds = Literal[
    "auth_mechanism",
    "driver",
    "ehlo_name",
    "enabled",
    "from_address",
    "from_name",
    "host",
    "other",
    "password",
    "port",
    "reply_to",
    "security",
    "superseded",
    "timeout",
    "url",
    "username",
    "verify",
]
"""What a variable carries. `superseded`: another name for the same settings, which would win over what is written."""

_TEMPLATES: Final[Mapping[str, str]] = {
    "auth_mechanism": "{mechanism}",
    "ehlo_name": "{helo}",
    "from_address": "{from}",
    "from_name": "{from_name}",
    "host": "{host}",
    "password": "{password}",
    "port": "{port}",
    "reply_to": "{reply_to}",
    "timeout": "{timeout}",
    "username": "{user}",
}
_CONSTANT: Final = frozenset({"driver", "enabled", "other", "verify"})
_PER_SECURITY: Final = frozenset({"security", "url"})


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name the program reads.

    A text to write may hold placeholders: `{host}`, `{port}`, `{user}`, `{password}`, `{from}`, `{from_name}`,
    `{reply_to}`, `{mechanism}`, `{helo}`, `{timeout}`. A part in square brackets is left out when one of its
    placeholders has nothing to stand for.
    """

    name: str
    holds: Holds
    required: bool = False
    """Whether the program does not work without it."""
    value: str | None = None
    """The text to write, where it is not simply what `holds` says; a constant for `driver`, `enabled`, `other`."""
    values: dict[Security, str] = {}
    """The text to write for each security; an empty text is written as an empty value."""
    omit: tuple[Security, ...] = ()
    """Securities for which the line is left out."""
    default: str | None = None
    """What the program takes when the line is not there."""
    truth: tuple[str, ...] = ()
    """Lower-case words that the program takes for true, every other being false; none for what is no boolean."""
    percent_encoded: bool = False
    """Whether what fills the placeholders is percent-encoded (RFC 3986, section 2.1)."""
    display_name: bool = False
    """Whether an address may stand in the form `Name <address>`."""
    aliases: tuple[str, ...] = ()
    """Other names that mean the same, understood when a file is read."""
    note: str | None = None

    def __post_init__(self) -> None:
        if self.holds in _CONSTANT and self.value is None:
            raise ValueError(f"{self.name}: what holds {self.holds!r} needs a value")
        if self.holds in _PER_SECURITY and self.value is None and not self.values:
            raise ValueError(f"{self.name}: what holds {self.holds!r} needs values for each security")
        if both := set(self.values) & set(self.omit):
            raise ValueError(f"{self.name}: {sorted(both)[0]} has a value and is left out")

    def template(self, security: Security) -> str | None:
        """The text to write, placeholders unfilled; None where the line is left out."""
        if self.holds == "superseded" or security in self.omit:
            return None
        return self.values.get(security, self.value or _TEMPLATES.get(self.holds))

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the other names."""
        return (self.name, *self.aliases)


class RefusedCombination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings that cannot be said to this program."""

    security: tuple[Security, ...]
    reason: str
    instead: str
    """What to choose."""
    ports: tuple[int, ...] = ()
    """Ports on which this holds; none means all."""
    except_ports: tuple[int, ...] = ()

    def applies(self, security: Security, port: int) -> bool:
        """Whether these settings are meant."""
        return security in self.security and (not self.ports or port in self.ports) and port not in self.except_ports


class SecurityRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the program chooses between implicit TLS, STARTTLS and neither."""

    decided_by: Literal["words", "port"] = "words"
    """`port`: the words of the security variables change nothing."""
    implicit_ports: tuple[int, ...] = ()
    """Ports on which the program speaks implicit TLS whatever the words say."""
    starttls: Literal["required", "opportunistic"] = "required"
    """`opportunistic`: it goes on without encryption when the server does not offer STARTTLS."""
    none: Literal["plain", "opportunistic"] = "plain"
    """`opportunistic`: it upgrades by STARTTLS all the same where the server offers that."""
    refuse: tuple[RefusedCombination, ...] = ()

    def __post_init__(self) -> None:
        if self.decided_by == "port" and not self.implicit_ports:
            raise ValueError("where the port decides, implicit_ports names the ports with implicit TLS")


class TypedValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts that the program, after its reader, turns into something else than text."""

    nothing: tuple[str, ...] = ()
    """Lower-case words that it takes for no value or an empty one."""
    words: tuple[str, ...] = ()
    """Lower-case words that it takes for true or false."""
    numbers: bool = False
    """Whether a text of digits becomes a number."""
    outer_quotes: bool = False
    """Whether quotes that are part of the value, at both of its ends, are taken off."""


class Apply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes the program take up a changed file."""

    text: str
    commands: tuple[str, ...] = ()


class Snippet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that belong in the program's own configuration before it reads the variables at all."""

    file: str
    text: str
    note: str | None = None


TargetKind = Literal["framework", "application", "client", "orchestrator", "platform"]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program or framework, and how to tell it mail settings."""

    name: str
    kind: TargetKind
    reader: str
    """Id of the reader whose rules the file has to meet."""
    security: SecurityRule
    variable: tuple[Variable, ...]
    source: tuple[Source, ...]
    id: str = ""
    """The file's name; never written in the file."""
    rank: int = 1000
    """Place in lists; 1 is the first."""
    summary: str = ""
    """One sentence for the list: when this is the right one."""
    aliases: tuple[str, ...] = ()
    """Other names people search for."""
    file: str = ".env"
    since: str | None = None
    until: str | None = None
    apply: Apply | None = None
    snippet: Snippet | None = None
    typed: TypedValues = TypedValues()
    gotchas: tuple[str, ...] = ()
    docs: str | None = None

    def __post_init__(self) -> None:
        names = [variable.name for variable in self.variable]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"variable {sorted(twice)[0]} stands twice")
        held = {variable.holds for variable in self.variable}
        if not {"host", "url"} & held:
            raise ValueError("no variable holds the host or a url")
        for variable in self.variable:
            if variable.holds not in _PER_SECURITY or variable.value is not None:
                continue
            for security in Security:
                if security not in {*variable.values, *variable.omit} and not self._never(security):
                    raise ValueError(f"{variable.name} does not say what to write for {security}")

    def _never(self, security: Security) -> bool:
        """Whether this security is refused on every port."""
        return any(
            security in refused.security and not refused.ports and not refused.except_ports
            for refused in self.security.refuse
        )

    def holding(self, holds: Holds) -> tuple[Variable, ...]:
        """The variables that carry this."""
        return tuple(variable for variable in self.variable if variable.holds == holds)
