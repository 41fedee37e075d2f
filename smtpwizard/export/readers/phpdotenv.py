"""vlucas/phpdotenv 5, as Laravel uses it. One bad line makes it refuse the whole file."""

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

_TRIMMED: Final = " \t\n\r\0\x0b"
"""What PHP's `trim` takes off."""
_SPACE: Final = " \t\n\r\x0b\x0c"
_NAME: Final = re.compile(r"[a-zA-Z0-9_.]+", re.ASCII)
_REFERENCE: Final = re.compile(r"\$\{([a-zA-Z0-9_.]+)\}", re.ASCII)
_MOST_REFERENCES: Final = 1000
_CLOSING: Final = re.compile(r"(?=[^\\]\")", re.DOTALL)
_ESCAPES: Final = {'"': '"', "\\": "\\", "$": "$", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    seen: dict[str, str] = {}
    budget = Budget(text)
    for start, end in _statements(text):
        entry = _statement(text, start, end, partial(_look_up, seen, environment), budget)
        if entry.value is not None:
            seen[entry.key] = entry.value
        yield entry


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Where each statement lies. A line with `="` that is not closed takes in the lines up to the closing quote."""
    first: int | None = None
    for start, line in physical_lines(text):
        if start == 0 and line.startswith("\ufeff"):
            start, line = 1, line[1:]
        begins = '="' in line and not _closes(line, begun=True)
        if begins and first is None:
            first = start
        if first is not None:
            if not _closes(line, begun=begins):
                continue
            begin, first = first, None
        else:
            begin = start
        end = start + len(line)
        stripped = text[begin:end].strip(_TRIMMED)
        if stripped and not stripped.startswith("#"):
            yield begin, end


def _closes(line: str, *, begun: bool) -> bool:
    if line == '"':
        return True
    return len(_CLOSING.findall(line.replace("\\\\", ""))) > (1 if begun else 0)


def _statement(text: str, start: int, end: int, look_up: Callable[[str], str | None], budget: Budget) -> Entry:
    raw = text[start:end]
    name, equals, value = raw.partition("=")
    if equals:
        name = name.strip(_TRIMMED)
    if equals and not name:
        raise Unreadable(line_number(text, start), "there is no name before the equals sign")
    if len(name) > 8 and name.startswith("export") and name[6] in _SPACE:
        name = name[6:].lstrip(_TRIMMED)
    if len(name) > 2 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    if _NAME.fullmatch(name) is None:
        raise Unreadable(line_number(text, start), "the name holds a character that phpdotenv does not take")
    if not equals:
        return Entry(name, None, start, end)
    stripped = value.strip(_TRIMMED)
    at = start + len(raw) - len(value) + (len(value) - len(value.lstrip(_TRIMMED)))
    characters, references, comment = _Lexed(text, at, stripped).read()
    if len(references) > _MOST_REFERENCES:
        raise Unreadable(line_number(text, start), "it holds more references than a setting has")
    # From the last one on, as what one expands to can complete the one before it.
    for position in reversed(references):
        match = _REFERENCE.match(characters, position)
        known = None if match is None else look_up(match[1])
        if match is not None and known is not None:
            characters = characters[:position] + budget.spend(known, start) + characters[match.end() :]
    return Entry(name, characters, start, end, None if comment is None else at + comment)


class _Lexed:
    """One value on its way through phpdotenv's states."""

    def __init__(self, text: str, at: int, value: str) -> None:
        self.text = text
        self.at = at
        # Lines of one statement are joined by line feeds.
        self.value = value.replace("\r\n", "\n").replace("\r", "\n")

    def read(self) -> tuple[str, list[int], int | None]:
        """Characters, the positions among them of `$` that may begin a reference, the position of a comment."""
        out: list[str] = []
        references: list[int] = []
        value, state, position = self.value, "initial", 0
        while position < len(value):
            character = value[position]
            if state == "initial":
                state = {"'": "single", '"': "double"}.get(character, "bare")
                if state != "bare":
                    position += 1
                    continue
                if character != "#" and character in _SPACE:
                    # What trimming leaves, such as a form feed, counts as part of the value here.
                    while position < len(value) and value[position] in _SPACE:
                        out.append(value[position])
                        position += 1
                    continue
            if state == "bare":
                if character == "#":
                    return self._done(out, references, position)
                if character in _SPACE:
                    state = "behind"
                else:
                    self._take(out, references, character)
            elif state == "single":
                if character == "'":
                    state = "behind"
                else:
                    out.append(character)
            elif state == "double":
                if character == '"':
                    state = "behind"
                elif character == "\\":
                    state = "escape"
                else:
                    self._take(out, references, character)
            elif state == "escape":
                if character not in _ESCAPES:
                    self._fail("there is a backslash before a character that takes none, within double quotes")
                out.append(_ESCAPES[character])
                state = "double"
            elif character == "#":
                return self._done(out, references, position)
            elif character not in _SPACE:
                self._fail("there is white space in a value without quotes, or text behind the closing quote")
            position += 1
        if state in {"single", "double", "escape"}:
            self._fail("a quote is not closed")
        return "".join(out), references, None

    def _take(self, out: list[str], references: list[int], character: str) -> None:
        if character == "$":
            references.append(len(out))
        out.append(character)

    def _done(self, out: list[str], references: list[int], position: int) -> tuple[str, list[int], int | None]:
        follows_space = position == 0 or self.value[position - 1] in _SPACE
        return "".join(out), references, position if follows_space and "\n" not in self.value else None

    def _fail(self, reason: str) -> None:
        raise Unreadable(line_number(self.text, self.at), reason)


def _look_up(seen: Mapping[str, str], environment: Mapping[str, str], name: str) -> str | None:
    """What a name refers to; the process's own variables win, and a name that nobody knows stays as it is."""
    return environment[name] if name in environment else seen.get(name)


READER: Final = Reader(
    id="phpdotenv",
    name="phpdotenv",
    entries=_entries,
    styles=(bare, single_quoted, double_quoted('\\"$')),
    flaws=((r"\n", "The value holds a line break."),),
)
