"""What a check is, and what it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from smtpwizard.model.account import Account
from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.ports import Ports
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Stage, Status

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Override:
    """An address to use instead of what the DNS says (`--resolve`, as curl has it)."""

    host: str
    port: int
    address: str
    to_port: int


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is to be carried out."""

    timeout: float = 10.0
    """Seconds for each stage."""
    ehlo_name: str | None = None
    """Argument of EHLO; None derives one."""
    ca_file: str | None = None
    pin: str | None = None
    """SHA-256 of the certificate or its public key, hexadecimal."""
    nameserver: str | None = None
    """IP address with optional `:port`; None is the system's."""
    overrides: tuple[Override, ...] = ()
    send: bool = False
    """Whether one real message is sent to the recipient."""
    allow_cleartext_auth: bool = False
    offline: bool = False
    allow_third_parties: bool = False
    vault_name: str | None = None
    """Name under which the keyring keeps the secret; None when it was given otherwise."""
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


class NotGivenError(LookupError):
    """A check asked for what no check of this run has given, because the one that would was left out."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a check may use."""

    account: Account
    secret: Secret | None
    provider: Provider | None
    options: Options
    ports: Ports
    say: Callable[[Direction, str], None]
    """Adds a line to the transcript."""
    ended: Callable[[str], Awaitable[None]]
    """Waits until a check of this run has ended; at once for one that is not part of it."""
    products: Mapping[type, object] = field(default_factory=dict)
    known_hosts: tuple[str, ...] = ()
    """Hosts of providers, for telling a mistyped name."""

    def given(self, kind: type[T]) -> T:
        """What an earlier check handed on.

        Raises:
            NotGivenError: no check before this one gave such a value. The runner then counts this check as skipped.
        """
        value = self.products.get(kind)
        if not isinstance(value, kind):
            raise NotGivenError(f"no check has given a {kind.__name__}")
        return value

    def maybe(self, kind: type[T]) -> T | None:
        """Like `given`, for what is not always there."""
        value = self.products.get(kind)
        return value if isinstance(value, kind) else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check ended."""

    status: Status
    gives: tuple[object, ...] = ()
    """Values for later checks, each found by its type."""


Record = Callable[[AnyEvidence], None]
"""Takes a fact into the report."""


def always(account: Account, options: Options) -> bool:
    """The check is part of every run."""
    return True


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to find out.

    A check records evidence and decides a status. It never explains, formats, or guesses a cause.
    """

    id: str
    """`<stage>.<name>`."""
    title: str
    """The fact that is hoped for."""
    stage: Stage
    run: Callable[[Context, Record], Awaitable[Verdict]]
    needs: tuple[str, ...] = ()
    """Ids of checks that must have passed, or warned. One that is not part of the run is no obstacle."""
    after: tuple[str, ...] = ()
    """Ids of checks that must have ended, whatever their outcome."""
    timeout: float | None = None
    """Seconds; None is the run's own time limit for a stage."""
    applies: Callable[[Account, Options], bool] = always
