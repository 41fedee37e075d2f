"""python-dotenv 1.x: `load_dotenv`, `dotenv_values`; also what pydantic-settings and Flask use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from smtpwizard.export.reader import Budget, Entry, Reader, bare, double_quoted, single_quoted

_BLANK: Final = re.compile(r"\s*")
_SPACE: Final = re.compile(r"[^\S\r\n]*")
_EXPORT: Final = re.compile(r"export[^\S\r\n]+")
_KEY: Final = re.compile(r"'([^']+)'|([^'=#\s][^=#\s]*)")
_QUOTED: Final = re.compile(r"'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"", re.DOTALL)
_REST: Final = re.compile(r"[^\r\n]*")
_BARE_COMMENT: Final = re.compile(r"(?<=\s)#")
_LINE_END: Final = re.compile(r"\r\n|\n|\r|\Z")
_SINGLE_ESCAPE: Final = re.compile(r"\\([\\'])")
_DOUBLE_ESCAPE: Final = re.compile(r"\\([\\'\"abfnrtv])")
_CONTROLS: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REFERENCE: Final = re.compile(r"\$\{(?P<name>[^}:]*)(?::-(?P<default>[^}]*))?\}")


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    seen: dict[str, str | None] = {}
    budget = Budget(text)
    position = 1 if text.startswith("\ufeff") else 0
    while True:
        position = _end(_BLANK, text, position)
        if position >= len(text):
            return
        entry, position = _statement(text, position)
        if entry is None:
            continue
        value = entry.value
        if value is not None:
            value = _expand(value, seen, environment, partial(budget.spend, position=entry.start))
        seen[entry.key] = value
        yield Entry(entry.key, value, entry.start, entry.end, entry.comment)


def _statement(text: str, start: int) -> tuple[Entry | None, int]:
    """The statement that begins here, unexpanded, and where the next one may begin."""
    position = start
    if export := _EXPORT.match(text, position):
        position = export.end()
    key = _KEY.match(text, position)
    if key is None:
        return None, _end(_REST, text, position)
    position = _end(_SPACE, text, key.end())
    value: str | None = None
    comment: int | None = None
    if text.startswith("=", position):
        value_start = _end(_SPACE, text, position + 1)
        if value_start > position + 1 and text.startswith("#", value_start):
            value, position = "", value_start
        elif text.startswith(("'", '"'), value_start):
            quoted = _QUOTED.match(text, value_start)
            if quoted is None:
                return None, _end(_REST, text, value_start)
            value, position = _unquote(quoted), quoted.end()
        else:
            position = _end(_REST, text, value_start)
            rest = text[value_start:position]
            if hash_sign := _BARE_COMMENT.search(rest):
                comment = value_start + hash_sign.start()
                rest = rest[: hash_sign.start()]
            value = rest.rstrip()
    blank = _end(_SPACE, text, position)
    if text.startswith("#", blank):
        comment = blank if blank > position or value == "" else None
        position = _end(_REST, text, blank)
    else:
        position = blank
    if _LINE_END.match(text, position) is None:
        return None, _end(_REST, text, position)
    return Entry(_line_feeds(key[1] or key[2]), value, start, position, comment), position


def _unquote(quoted: re.Match[str]) -> str:
    # Text mode has turned every line end into a line feed before the parser sees it.
    if quoted[1] is not None:
        return _SINGLE_ESCAPE.sub(r"\1", _line_feeds(quoted[1]))
    return _DOUBLE_ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), _line_feeds(quoted[2]))


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _expand(
    value: str, seen: Mapping[str, str | None], environment: Mapping[str, str], spend: Callable[[str], str]
) -> str:
    def resolve(match: re.Match[str]) -> str:
        name = match["name"]
        if name in seen:
            return spend(seen[name] or "")
        return spend(environment.get(name, match["default"] or ""))

    return _REFERENCE.sub(resolve, value)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return position if match is None else match.end()


READER: Final = Reader(
    id="python-dotenv",
    name="python-dotenv",
    entries=_entries,
    styles=(bare, single_quoted, double_quoted('\\"')),
    flaws=(
        (
            r"\$\{[^}:]*(:-[^}]*)?\}",
            "The value holds ${…}, and python-dotenv takes that for a variable, in single quotes too.",
        ),
    ),
)
