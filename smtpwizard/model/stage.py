"""The stages of sending a mail, in the order in which they can fail, and the outcome of a check."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Stage(StrEnum):
    """Where in the course of a submission something happens. Declaration order is the order of events."""

    SETTINGS = "settings"
    VAULT = "vault"
    ENVIRONMENT = "environment"
    DNS = "dns"
    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DELIVERY = "delivery"
    DOMAIN = "domain"
    EXPORT = "export"
    CLIENT = "client"
    """Errors of other programs that say nothing of the server, known only from pasted text."""

    @property
    def order(self) -> int:
        """Position in the course of a submission, from 0."""
        return _ORDER[self]


_ORDER = {stage: position for position, stage in enumerate(Stage)}


class Status(StrEnum):
    """Outcome of one check."""

    PASS = "pass"  # noqa: S105 - the word of the JSON contract
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    ERROR = "error"
    """A fault of this program. It never ends the run."""


_WORST_FIRST = (Status.FAIL, Status.ERROR, Status.WARN, Status.PASS)
"""A failure outranks an `error` of our own, because the failure is what the person can act on."""


def worst(statuses: Collection[Status]) -> Status:
    """Verdict of a run: its worst outcome, skipped checks left out of account; `skip` where nothing was tried."""
    return next((status for status in _WORST_FIRST if status in statuses), Status.SKIP)
