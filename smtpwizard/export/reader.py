"""What a parser of `.env` files does to a value, and how to write one so that it survives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

BARE: Final = re.compile(r"[A-Za-z0-9_./:@%+=,!~-]+")
"""What every reader takes unquoted (each character was tried with fifteen of them)."""

WAY_OUT: Final = "Choose a value without it: a new app password, for instance, made of letters and digits."

LARGEST_EXPANSION: Final = 4_000_000
"""Characters that all references of one file may add up to."""

Style = Callable[[str], str | None]
"""Writes a value one way, or answers None where that way is not for this value."""


class Unreadable(ValueError):
    """The reader gives up on the whole file.

    Attributes:
        line: number of the line at fault; the first is 1.
        reason: why, as the end of a sentence.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Unrepresentable(ValueError):
    """No way of writing makes the reader read this value.

    Attributes:
        reason: a sentence that does not show the value.
        way_out: what to do.
    """

    def __init__(self, reason: str, way_out: str = WAY_OUT) -> None:
        super().__init__(f"{reason} {way_out}")
        self.reason = reason
        self.way_out = way_out


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement of a file."""

    key: str
    value: str | None
    """What the reader makes of it; None for a name without `=`."""
    start: int
    """Position of its first character, `export` included."""
    end: int
    """Position behind its last character, before the line end; a quoted value may span lines."""
    comment: int | None = None
    """Position of the `#` of a comment behind the value, where the reader sees one."""
    doubt: str | None = None
    """Why other readers read another value, where they do."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One parser's rules."""

    id: str
    name: str
    entries: Callable[[str, Mapping[str, str]], Iterable[Entry]]
    """Reads a text, with variables from the process's environment to expand references; raises Unreadable."""
    styles: tuple[Style, ...]
    """Ways to write a value, best first."""
    flaws: tuple[tuple[str, str], ...] = ()
    """A regular expression, and the sentence for a value that holds a match and cannot be written."""
    way_out: str = WAY_OUT
    """What to do about a value that cannot be written."""

    def read(self, text: str, environment: Mapping[str, str] | None = None) -> tuple[Entry, ...]:
        """The file's statements, in order.

        Raises:
            Unreadable: this parser refuses the file.
        """
        return tuple(self.entries(text, environment or {}))

    def parse(self, text: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the program sees: see `values`.

        Raises:
            Unreadable: this parser refuses the file.
        """
        return values(self.read(text, environment))

    def quote(self, value: str) -> str:
        """What to write behind `NAME=`. It has been read back by `parse` before it is returned.

        Raises:
            Unrepresentable: this parser cannot be made to read the value.
        """
        if re.search(r"[\r\n\0]", value):
            raise Unrepresentable("The value holds a line break or a NUL.", "Copy it again, without line breaks.")
        if re.search(r"[\ud800-\udfff]", value):
            raise Unrepresentable("The value holds half a character, which UTF-8 cannot write.", "Copy it again.")
        for style in self.styles:
            written = style(value)
            if written is not None and self.agrees(written, value):
                return written
        for pattern, reason in self.flaws:
            if re.search(pattern, value):
                raise Unrepresentable(reason, self.way_out)
        raise Unrepresentable(f"{self.name} cannot be given this mixture of quotes and other characters.", self.way_out)

    def agrees(self, written: str, value: str) -> bool:
        """Whether the parser reads `value` from `written`, between other lines and whatever names are defined."""
        for end in ("\n", "\r\n"):
            text = end.join(("BEFORE=1", f"KEY={written}", "AFTER=2", ""))
            try:
                if self.parse(text, _EVERY_NAME) != {"BEFORE": "1", "KEY": value, "AFTER": "2"}:
                    return False
            except Unreadable:
                return False
        return True


def values(entries: Iterable[Entry]) -> dict[str, str]:
    """What the program sees: the last statement counts, and a name without `=` takes the value away again."""
    last = {entry.key: entry.value for entry in entries}
    return {key: value for key, value in last.items() if value is not None}


class Budget:
    """Bounds what references may add up to in one file: each of them can double what the one before it made."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = LARGEST_EXPANSION

    def spend(self, added: str, position: int) -> str:
        """Account for text that takes the place of a reference in the statement at `position`, and hand it back.

        Raises:
            Unreadable: the file has used up what there is.
        """
        self._left -= len(added) + 1
        if self._left < 0:
            raise Unreadable(line_number(self._text, position), "its references add up beyond all bounds")
        return added


class _EveryName(Mapping[str, str]):
    """An environment in which each name means something: a reference shows, whatever it refers to."""

    def __getitem__(self, name: str) -> str:
        return f"<{name} expanded>"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __contains__(self, name: object) -> bool:
        return True


_EVERY_NAME: Final = _EveryName()


def bare(value: str) -> str | None:
    """Unquoted. An empty value is nothing at all."""
    return value if not value or BARE.fullmatch(value) else None


def single_quoted(value: str) -> str | None:
    """In single quotes, with no escapes."""
    return None if "'" in value or value.endswith("\\") else f"'{value}'"


def double_quoted(escaped: str = "") -> Style:
    """In double quotes, each of the characters `escaped` behind a backslash."""

    def write(value: str) -> str:
        return '"' + "".join(f"\\{c}" if c in escaped else c for c in value) + '"'

    return write


def physical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Position and text, without line end, of each line as the universal newlines of Python and PHP count them."""
    start = 0
    for match in re.finditer(r"\r\n|\n|\r|\Z", text):
        yield start, text[start : match.start()]
        start = match.end()
        if start == len(text):
            return


def unicode_lines(text: str) -> Iterator[tuple[int, str]]:
    """Position and text, without line end, of each line as `str.splitlines` counts them."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.splitlines()[0]
        start += len(line)


def line_number(text: str, position: int) -> int:
    """Number of the line that holds a position; the first is 1."""
    return len(re.findall(r"\r\n|\n|\r", text[:position])) + 1
