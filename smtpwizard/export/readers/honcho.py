"""honcho: every line goes through Python's `shlex`, and what is left of it is joined without spaces."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from smtpwizard.export.reader import (
    Entry,
    Reader,
    Unreadable,
    bare,
    double_quoted,
    line_number,
    single_quoted,
    unicode_lines,
)

_NAME: Final = re.compile(r"[A-Za-z_]")


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    for start, line in unicode_lines(text):
        try:
            tokens = list(shlex.shlex(line, posix=True))
        except ValueError:
            raise Unreadable(line_number(text, start), "it has a quote that is not closed") from None
        if len(tokens) < 3 or tokens[1] != "=" or _NAME.match(tokens[0]) is None:
            continue
        value = "".join(tokens[2:]).replace("\\n", "\n").replace("\\t", "\t")
        yield Entry(tokens[0], value, start, start + len(line))


READER: Final = Reader(
    id="honcho",
    name="honcho",
    entries=_entries,
    styles=(bare, lambda value: None if value else "''", single_quoted, double_quoted('\\"')),
    flaws=((r"\\[nt]", "The value holds a backslash before n or t, which honcho turns into a line break or a tab."),),
)
