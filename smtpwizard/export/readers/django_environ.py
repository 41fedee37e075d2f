"""django-environ: `Env.read_env`, then `env("NAME")`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from smtpwizard.export.reader import Entry, Reader, bare, double_quoted, single_quoted, unicode_lines

_LINE: Final = re.compile(r"(?:export )?([A-Za-z_0-9]+)=(.*)")
_ESCAPE: Final = re.compile(r"\\(.)")


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    # A value that begins with `$` is looked up when it is asked for, so a later line counts too.
    raw: list[tuple[str, str, int, int]] = []
    for start, line in unicode_lines(text):
        match = _LINE.fullmatch(line)
        if match is not None:
            raw.append((match[1], _unquote(match[2]), start, start + len(line)))
    of_file = {key: value for key, value, _, _ in raw}
    resolved: dict[str, str] = {}
    for key, value, start, end in raw:
        yield Entry(key, _resolve(value, of_file, environment, resolved), start, end)


def _unquote(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == "'":
        value = value[1:-1]
    # Not an alternative: double quotes inside of single ones go as well.
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = _ESCAPE.sub(lambda match: match[0] if match[1] in "rnt" else match[1], value[1:-1])
    return value


def _resolve(value: str, of_file: Mapping[str, str], environment: Mapping[str, str], resolved: dict[str, str]) -> str:
    """Follow references from name to name; one that leads back to itself comes to nothing."""
    asked: set[str] = set()
    while value.startswith("$"):
        name = value.lstrip("$")
        if name in asked:
            value = ""
        elif name in resolved:
            value = resolved[name]
            break
        else:
            asked.add(name)
            value = environment.get(name, of_file.get(name, ""))
    resolved.update(dict.fromkeys(asked, value))
    return value


READER: Final = Reader(
    id="django-environ",
    name="django-environ",
    entries=_entries,
    styles=(bare, single_quoted, double_quoted('\\"'), lambda value: f"'{value}'"),
    flaws=((r"^\$", "The value begins with $, and django-environ takes that for the name of another variable."),),
)
