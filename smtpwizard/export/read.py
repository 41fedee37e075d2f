"""Reads settings back from a file, by the rules of the program that will."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from smtpwizard.export.catalog import reader_for
from smtpwizard.export.file import decode, look, shown
from smtpwizard.export.reader import Entry, Unreadable, line_number, values
from smtpwizard.export.settings import differences, understand
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.target import Target
from smtpwizard.model.text import printable

_GIVE: Final = "Name the account with --host, --port, --security and --username instead."


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a file says."""

    target: Target
    account: Account
    secret: Secret | None
    missing: tuple[str, ...]
    """Names of variables that are not there and matter."""
    warnings: tuple[str, ...]
    differing: tuple[str, ...] = ()
    """Fields in which the file says something else than was expected: names, never values."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know though the file can be read: it may keep the program from sending."""
        absent = tuple(f"{name} is not set, and {self.target.name} reads it." for name in self.missing)
        return (*self.warnings, *absent)


def read_back(target: Target, path: Path, expected: tuple[Account, Secret | None] | None = None) -> ReadBack:
    """Read a file as the target's program would, and compare it with what was `expected`.

    Where the program makes no difference between two securities (Laravel's STARTTLS is never required), the account
    has the expected one.

    Raises:
        UsageError: there is no such file, it is no text, its reader refuses it, or it holds no usable settings.
        CannotRunError: the file may not be read.
    """
    return _read(target, path, _text(path), os.environ, expected)


def read_env(
    path: Path, target: str | None, candidates: Mapping[str, Target], *, preferred: str | None = None
) -> ReadBack:
    """Read an existing file, by the named target or by the one whose names it uses.

    Of several that fit and read different settings, the preferred one is taken.

    Raises:
        UsageError: as `read_back`; also when the target is not known, or several fit and read different settings.
        CannotRunError: as `read_back`.
    """
    if target is not None:
        named = candidates.get(target)
        if named is None:
            raise UsageError(
                f"There is no target {printable(target, limit=60)!r}. Known are: {', '.join(_ranked(candidates))}."
            )
        return read_back(named, path)
    text = _text(path)
    fitting = _fitting(text, candidates)
    if not fitting:
        way_out = _GIVE if preferred else f"Say whose they are with --for: {', '.join(_ranked(candidates))}."
        raise UsageError(f"{shown(path)} uses no names of mail settings that are known here. {way_out}")
    found: list[ReadBack] = []
    errors: list[UsageError] = []
    for candidate in fitting:
        try:
            found.append(_read(candidate, path, text, os.environ, None))
        except UsageError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    if all((other.account, other.secret) == (found[0].account, found[0].secret) for other in found[1:]):
        return found[0]
    for read in found:
        if read.target.id == preferred:
            return read
    ids = ", ".join(read.target.id for read in found)
    raise UsageError(
        f"{shown(path)} can be read for several programs, with different results. "
        + (f"They are {ids}. {_GIVE}" if preferred else f"Say which one with --for: {ids}.")
    )


def _text(path: Path) -> str:
    found = look(path)
    if found.content is None:
        raise UsageError(f"There is no file {shown(path)}.")
    return decode(path, found.content)


def _read(
    target: Target,
    path: Path,
    text: str,
    environment: Mapping[str, str],
    expected: tuple[Account, Secret | None] | None,
) -> ReadBack:
    reader = reader_for(target)
    try:
        entries = reader.read(text, environment)
    except Unreadable as error:
        raise UsageError(
            f"{reader.name} refuses {shown(path)}: on line {error.line} {error.reason}. {target.name} "
            "cannot start with it."
        ) from None
    try:
        understood = understand(target, values(entries))
    except UsageError as error:
        raise UsageError(f"{shown(path)}, read for {target.name}: {error}") from None
    account = understood.account
    differing: tuple[str, ...] = ()
    if expected is not None:
        if expected[0].security in understood.securities:
            account = msgspec.structs.replace(account, security=expected[0].security)
        differing = differences(understood, *expected)
    warnings = (*_doubts(target, text, entries), *_outdone(target, entries, environment), *understood.warnings)
    return ReadBack(target, account, understood.secret, understood.missing, warnings, differing)


def _doubts(target: Target, text: str, entries: Sequence[Entry]) -> list[str]:
    """Where another reader than the one assumed would read something else."""
    names = {name for variable in target.variable for name in variable.names}
    return [
        f"Line {line_number(text, entry.start)}: programs differ on {entry.key}, because {entry.doubt}."
        for entry in entries
        if entry.doubt is not None and entry.key in names
    ]


def _outdone(target: Target, entries: Sequence[Entry], environment: Mapping[str, str]) -> list[str]:
    found = values(entries)
    return [
        f"{variable.name} is also set in the environment, to something else. Most programs take that one."
        for variable in target.variable
        if variable.name in found and environment.get(variable.name, found[variable.name]) != found[variable.name]
    ]


def _fitting(text: str, candidates: Mapping[str, Target]) -> list[Target]:
    """The targets whose names the file uses; several where it uses as many of each."""
    known = Counter(name for target in candidates.values() for variable in target.variable for name in variable.names)
    scores: dict[str, float] = {}
    for target_id, target in candidates.items():
        keys = _keys(target, text)
        there = [name for variable in target.variable for name in variable.names if name in keys]
        servers = (*target.holding("host"), *target.holding("url"))
        if any(name in keys for variable in servers for name in variable.names):
            # A name that few targets know says more.
            scores[target_id] = sum(1 / known[name] for name in there)
    best = max(scores.values(), default=0.0)
    return [candidates[target_id] for target_id in _ranked(candidates) if scores.get(target_id, -1.0) > best - 1e-9]


def _keys(target: Target, text: str) -> set[str]:
    try:
        return {entry.key for entry in reader_for(target).read(text)}
    except Unreadable:
        return set(re.findall(r"^\s*(?:export\s+)?(\w+)\s*=", text, re.MULTILINE))


def _ranked(candidates: Mapping[str, Target]) -> list[str]:
    return sorted(candidates, key=lambda target_id: (candidates[target_id].rank, target_id))
