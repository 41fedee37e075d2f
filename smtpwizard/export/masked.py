"""Files as they may be shown: no credential is readable in a preview or a diff."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from smtpwizard.export.merge import Edit
from smtpwizard.export.reader import Entry
from smtpwizard.model.secret import Secret
from smtpwizard.model.text import LINE_LIMIT, MASK, printable, redact_credentials

_SECRET_NAME: Final = re.compile(
    r"pass|pwd|secret|token|key|cred|auth|private|salt|sign|cookie|session|hook|dsn|cert|license|bearer|pin\b", re.I
)
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,49}")
_DISABLED: Final = re.compile(r"[\s\ufeff]*#[#\s]*(?:export\s+)?(?P<key>[A-Za-z_]\w*)\s*=\s*")
"""A setting in a comment."""
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_CONTEXT: Final = 3
"""Unchanged lines shown before and after a change."""


@dataclass(frozen=True, repr=False)
class Shade:
    """What must not be read in one text."""

    text: str
    entries: tuple[Entry, ...]
    open_keys: Collection[str]
    """Names whose values are known to be no secret."""
    templates: Mapping[str, str]
    """Texts to show instead of a value, by name."""
    secret: Secret | None

    @cached_property
    def _starts(self) -> list[int]:
        return [match.start() for match in _LINE.finditer(self.text) if match.start() < len(self.text)]

    @cached_property
    def _entry_starts(self) -> list[int]:
        return [entry.start for entry in self.entries]

    def __len__(self) -> int:
        """Number of lines."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """A line, counted from 0, as it may be shown, without its line end."""
        start = self._starts[number]
        match = _LINE.match(self.text, start)
        line = match[0].rstrip("\r\n") if match else ""
        length = len(line)
        if self.secret is not None:
            line = self.secret.redact(line)
        # The last entry that begins on this line or before; it may go on to here.
        index = bisect_right(self._entry_starts, start + length) - 1
        entry = self.entries[index] if index >= 0 else None
        inside = entry is not None and entry.end >= start
        cut = f"{line[:LINE_LIMIT]} …" if len(line) > LINE_LIMIT else line
        return printable(self._line(cut, start, entry if inside else None), limit=LINE_LIMIT + 100)

    def _line(self, line: str, position: int, entry: Entry | None) -> str:
        if entry is None:
            bare = line.strip().removeprefix("\ufeff")
            if bare and not bare.startswith("#"):
                # Perhaps the middle of a key that this reader does not take for one value.
                return MASK
            disabled = _DISABLED.match(line)
            if disabled is not None and self._hidden(disabled["key"]):
                return f"{disabled[0]}{MASK}"
            return redact_credentials(line)
        if entry.key not in self.open_keys and (entry.value is None or _NAME.fullmatch(entry.key) is None):
            # No setting: perhaps a line of a key in base64.
            return MASK
        if position > entry.start:
            return MASK if self._hidden(entry.key) else redact_credentials(line)
        if not self._hidden(entry.key):
            return line if entry.key in self.open_keys else redact_credentials(line)
        name, equals, _ = line.partition("=")
        return f"{name}{equals}{self.templates.get(entry.key, MASK)}" if equals else name

    def _hidden(self, key: str) -> bool:
        return key not in self.open_keys and (key in self.templates or _SECRET_NAME.search(key) is not None)


def unified_diff(old: Shade, new: Shade, edits: Sequence[Edit], old_name: str, new_name: str) -> str:
    """The change in the unified format, made from the edits themselves, so that a changed password shows as changed."""
    changes = _changes(old.text, edits)
    if not changes:
        return ""
    out = [f"--- {old_name}", f"+++ {new_name}"]
    for hunk in _hunks(changes):
        first, last = hunk[0], hunk[-1]
        begin, end = max(0, first.old.start - _CONTEXT), min(len(old), last.old.stop + _CONTEXT)
        new_begin = first.new.start - (first.old.start - begin)
        new_end = last.new.stop + (end - last.old.stop)
        out.append(f"@@ -{_extent(begin, end)} +{_extent(new_begin, new_end)} @@")
        position = begin
        for change in hunk:
            out += (f" {old.line(number)}" for number in range(position, change.old.start))
            out += _marked("-", old, change.old)
            out += _marked("+", new, change.new)
            position = change.old.stop
        out += (f" {old.line(number)}" for number in range(position, end))
    return "\n".join(out) + "\n"


def _marked(sign: str, shade: Shade, numbers: range) -> list[str]:
    marked = [f"{sign}{shade.line(number)}" for number in numbers]
    if marked and numbers.stop == len(shade) and not shade.text.endswith(("\n", "\r")):
        marked.append("\\ No newline at end of file")
    return marked


def _extent(start: int, end: int) -> str:
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


@dataclass(frozen=True, slots=True)
class _Change:
    """Numbers of the lines that go and of those that come, counted from 0."""

    old: range
    new: range


def _changes(text: str, edits: Sequence[Edit]) -> list[_Change]:
    changes: list[_Change] = []
    position = line = shift = 0
    for start, end, instead in _whole_lines(text, edits):
        first = line + _count(text[position:start])
        gone, come = _count(text[start:end]), _count(instead)
        changes.append(_Change(range(first, first + gone), range(first + shift, first + shift + come)))
        position, line, shift = end, first + gone, shift + come - gone
    return changes


def _whole_lines(text: str, edits: Sequence[Edit]) -> list[tuple[int, int, str]]:
    """The edits, widened to whole lines; those that share a line become one."""
    stretches: list[tuple[int, int, str]] = []
    end_of_last = 0
    for edit in edits:
        start = max(text.rfind("\n", 0, edit.start), text.rfind("\r", 0, edit.start)) + 1
        ends_line = edit.end > edit.start and text[edit.end - 1 : edit.end] in {"\n", "\r"}
        match = None if ends_line else _LINE.match(text, edit.end)
        end = edit.end if match is None else match.end()
        before = text[start : edit.start]
        if stretches and start < stretches[-1][1]:
            # The line's rest was taken along with the edit before: this one begins in it.
            start, _, instead = stretches.pop()
            before = instead[: len(instead) - (end_of_last - edit.start)]
        stretches.append((start, end, before + edit.text + text[edit.end : end]))
        end_of_last = end
    return stretches


def _count(text: str) -> int:
    """Number of lines; a last one without line end counts."""
    return len(re.findall(r"\r\n|\n|\r", text)) + (bool(text) and not text.endswith(("\n", "\r")))


def _hunks(changes: Sequence[_Change]) -> list[list[_Change]]:
    hunks: list[list[_Change]] = []
    for change in changes:
        if hunks and change.old.start - hunks[-1][-1].old.stop <= 2 * _CONTEXT:
            hunks[-1].append(change)
        else:
            hunks.append([change])
    return hunks
