"""Puts settings into a text so that every other line stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from smtpwizard.export.reader import Entry, Reader, line_number

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_EXPORT: Final = re.compile(r"export[ \t]+")


@dataclass(frozen=True, slots=True, repr=False)
class Assignment:
    """A name and the value it is to have."""

    key: str
    value: str | None
    """None: no line may set the name."""
    written: str = ""
    """The value as it stands in the file, quotes included."""
    same: frozenset[str] = frozenset()
    """Other values that say the same; a line with one of them stays as it is. In lower case where `value` is None."""

    def satisfied_by(self, value: str | None) -> bool:
        """Whether a file in which the name has this value needs no change."""
        if self.value is None:
            return value is None or value.casefold() in self.same
        return value is not None and (value == self.value or value in self.same)


@dataclass(frozen=True, slots=True, repr=False)
class Edit:
    """A stretch of the old text, and what comes instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Merged:
    """The new text and how it came about."""

    text: str
    edits: tuple[Edit, ...]
    notes: tuple[str, ...]


def merge(reader: Reader, text: str, entries: Sequence[Entry], wanted: Sequence[Assignment]) -> Merged:
    """Change what is there, in place, and append what is not.

    Of a name that stands twice the last line is changed: that is the one that counts. A comment behind a changed
    value moves to a line of its own, because some readers take it for part of the value.
    """
    end = _usual_line_end(text)
    edits: list[Edit] = []
    notes: list[str] = []
    added: list[str] = []
    for assignment in wanted:
        there = [entry for entry in entries if entry.key == assignment.key]
        if assignment.value is None:
            if there and not assignment.satisfied_by(there[-1].value):
                edits.extend(_removal(text, entry) for entry in there)
            continue
        if not there:
            added.append(f"{assignment.key}={assignment.written}")
            continue
        if len(there) > 1:
            notes.append(
                f"{assignment.key} stands {len(there)} times. {reader.name} takes the last, on line "
                f"{line_number(text, there[-1].start)}, so that one has the new value; the others stay as they are."
            )
        winner = there[-1]
        if not assignment.satisfied_by(winner.value) or winner.doubt is not None or winner.comment is not None:
            edits.append(_replacement(text, winner, assignment, end))
    if added:
        edits.append(_addition(text, added, end))
    edits = [edit for edit in edits if text[edit.start : edit.end] != edit.text]
    edits.sort(key=lambda edit: (edit.start, edit.end))
    return Merged(_applied(text, edits), tuple(edits), tuple(notes))


def _usual_line_end(text: str) -> str:
    ends = _LINE_END.findall(text)
    return max(("\n", "\r\n", "\r"), key=ends.count) if ends else "\n"


def _replacement(text: str, entry: Entry, assignment: Assignment, end: str) -> Edit:
    statement = text[entry.start : entry.end]
    export = _EXPORT.match(statement)
    line = f"{export[0] if export else ''}{assignment.key}={assignment.written}"
    if entry.comment is not None:
        indent = text[_line_start(text, entry.start) : entry.start]
        line = f"{text[entry.comment : entry.end].rstrip()}{end}{indent if not indent.strip() else ''}{line}"
    return Edit(entry.start, entry.end, line)


def _removal(text: str, entry: Entry) -> Edit:
    start = _line_start(text, entry.start)
    # The mark stays, whatever line it was on.
    start += text.startswith("\ufeff", start) and start == 0
    behind = re.compile(r"[^\S\r\n]*(\r\n|\n|\r|\Z)").match(text, entry.end)
    return Edit(start, behind.end() if behind else entry.end, "")


def _line_start(text: str, position: int) -> int:
    return max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def _addition(text: str, lines: Sequence[str], end: str) -> Edit:
    block = end.join(lines) + end
    body = text.removeprefix("\ufeff")
    if not body or (body.endswith("\r") and end == "\n"):
        # Behind a carriage return a line feed would be the rest of one line end, not a blank line.
        lead = ""
    elif not body.endswith(("\n", "\r")):
        lead = end * 2
    else:
        last_line = re.sub(r"(\r\n|\n|\r)\Z", "", body).rstrip(" \t")
        lead = "" if not last_line or last_line.endswith(("\n", "\r")) else end
    return Edit(len(text), len(text), lead + block)


def _applied(text: str, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += (text[position : edit.start], edit.text)
        position = max(position, edit.end)
    return "".join((*parts, text[position:]))
