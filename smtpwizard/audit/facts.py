"""Which facts evidence can ever show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final, get_args, get_type_hints

from smtpwizard.model.evidence.base import Evidence
from smtpwizard.model.evidence.connect import Connection, Control, Families, PortAnswer, Ports
from smtpwizard.model.evidence.dialogue import AuthAttempt, Disconnected
from smtpwizard.model.evidence.machine import ClockOff, Keyring, Surrounding
from smtpwizard.model.evidence.names import NamesDiffer, Resolution, SystemResolution
from smtpwizard.model.evidence.tls import Certificate, StartTls

_CLOSED: Final[tuple[tuple[str, type[Evidence], str], ...]] = (
    ("keyring", Keyring, "outcome"),
    ("dns", Resolution, "outcome"),
    ("system-dns", SystemResolution, "outcome"),
    ("connect", Connection, "outcome"),
    ("disconnected", Disconnected, "how"),
    ("starttls", StartTls, "outcome"),
    ("tls", Certificate, "verdict"),
    ("auth", AuthAttempt, "outcome"),
    ("port", PortAnswer, "outcome"),
    ("port", PortAnswer, "speaks"),
    ("ports", Ports, "outcome"),
    ("families", Families, "outcome"),
    ("names", NamesDiffer, "outcome"),
    ("environment", Surrounding, "aspect"),
    ("clock", ClockOff, "outcome"),
    ("control", Control, "outcome"),
)
"""Families of facts, and the field whose values they can have."""
_SINGLE: Final = frozenset(
    {"silence", "silence:partial", "deadline", "tls:intercepted", "tls:known-elsewhere", "tls:too-old"}
)


def can_be_seen(fact: str) -> bool:
    """Whether some evidence can have this fact. A family whose values no type lists is taken on trust."""
    family, colon, _ = fact.partition(":")
    return fact in _listed() or (bool(colon) and family not in {family for family, _, _ in _CLOSED} | {"silence"})


@cache
def _listed() -> frozenset[str]:
    return _SINGLE | frozenset(
        f"{family}:{value}" for family, kind, field in _CLOSED for value in _literals(get_type_hints(kind)[field])
    )


def _literals(hint: object) -> Iterator[str]:
    for argument in get_args(hint):
        if isinstance(argument, str):
            yield argument
        else:
            yield from _literals(argument)
