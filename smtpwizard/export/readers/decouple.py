"""python-decouple: `config("NAME")` over `RepositoryEnv`. It knows no escapes, comments or references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from smtpwizard.export.reader import Entry, Reader, bare, double_quoted, physical_lines, single_quoted


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    for start, line in physical_lines(text):
        stripped = line.strip()
        if not stripped or stripped.startswith("#") or "=" not in stripped:
            continue
        key, _, value = stripped.partition("=")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        yield Entry(key.strip(), value, start + line.index(stripped), start + line.index(stripped) + len(stripped))


READER: Final = Reader(
    id="python-decouple",
    name="python-decouple",
    entries=_entries,
    styles=(bare, single_quoted, double_quoted()),
)
