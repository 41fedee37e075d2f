"""Khadem's `EnvSystem`: no comments behind values; escapes, then references, work within any quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from smtpwizard.export.reader import (
    Budget,
    Entry,
    Reader,
    Unreadable,
    bare,
    double_quoted,
    line_number,
    physical_lines,
    single_quoted,
)

_TRIMMED: Final = (
    "".join(
        chr(point)
        for point in (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F)
    )
    + "\u205f\u3000\ufeff"
)
"""White space as Dart's `String.trim` has it: Unicode's, and the byte order mark."""

_ESCAPE: Final = re.compile("\\\\([^\n\r\u2028\u2029])")
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r"}
_REFERENCE: Final = re.compile(r"\$\{([^}]+)\}|\$([a-zA-Z0-9_]+)")
_SEPARATOR: Final = re.compile(r"(?<!\\)(?:\\\\)*(=)")


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    seen: dict[str, str] = {}
    budget = Budget(text)
    for start, line in physical_lines(text):
        stripped = line.strip(_TRIMMED)
        if not stripped or stripped.startswith("#"):
            continue
        begin = start + line.index(stripped)
        statement = stripped[7:].strip(_TRIMMED) if stripped.startswith("export ") else stripped
        separator = _SEPARATOR.search(statement)
        if separator is None:
            continue
        key = statement[: separator.start(1)].strip(_TRIMMED)
        value = statement[separator.end() :].strip(_TRIMMED)
        if value in {"'", '"'}:
            raise Unreadable(line_number(text, start), "its value is a lone quote")
        if value and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        value = _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), value)
        spend = partial(budget.spend, position=begin)
        value = _REFERENCE.sub(partial(_look_up, seen, environment, spend), value)
        seen[key] = value
        yield Entry(key, value, begin, begin + len(stripped))


def _look_up(
    seen: Mapping[str, str], environment: Mapping[str, str], spend: Callable[[str], str], match: re.Match[str]
) -> str:
    name = match[1] or match[2]
    return spend(seen[name] if name in seen else environment.get(name, ""))


READER: Final = Reader(
    id="khadem",
    name="Khadem",
    entries=_entries,
    styles=(bare, single_quoted, double_quoted('\\"')),
    flaws=(
        (
            r"\$(\{[^}]+\}|[a-zA-Z0-9_])",
            "The value holds $ before a letter, a digit or a brace, and Khadem takes that for a variable however it "
            "is quoted.",
        ),
    ),
)
