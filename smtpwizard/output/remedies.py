"""Remedies for the case at hand: those for the provider, with the person's own settings filled in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Cause, Remedy
from smtpwizard.model.text import printable

_UNKNOWN = {
    "host": "smtp.example.com",
    "port": "587",
    "username": "user@example.com",
    "sender": "user@example.com",
    "domain": "example.com",
}


def remedies_for(cause: Cause, provider: str | None) -> tuple[Remedy, ...]:
    """The cause's remedies, those made for the provider first, those for other providers left out."""
    own = tuple(remedy for remedy in cause.remedy if provider is not None and provider in remedy.provider)
    return own + tuple(remedy for remedy in cause.remedy if not remedy.provider)


def fill(remedy: Remedy, account: Account | None) -> Remedy:
    """The remedy with `{host}` and its like replaced. A secret is never filled in."""
    values = _values(account)
    quoted = {key: shlex.quote(value) for key, value in values.items()}
    return msgspec.structs.replace(
        remedy,
        text=_filled(remedy.text, values),
        steps=tuple(_filled(step, values) for step in remedy.steps),
        commands=tuple(_filled(command, quoted) for command in remedy.commands),
    )


_PLACE = re.compile(r"\{(host|port|username|sender|domain)\}")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: values[match[1]], text)


def _values(account: Account | None) -> Mapping[str, str]:
    if account is None:
        return _UNKNOWN
    sender = account.sender or account.username or _UNKNOWN["sender"]
    values = {
        "host": account.host,
        "port": str(account.port),
        "username": account.username or _UNKNOWN["username"],
        "sender": sender,
        "domain": sender.rpartition("@")[2] or _UNKNOWN["domain"],
    }
    return {key: printable(value) for key, value in values.items()}
