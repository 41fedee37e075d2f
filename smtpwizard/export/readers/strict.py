"""What every common reader agrees on, for a file whose reader is not known.

Agreed on are values without quotes from a small set of characters, values in single quotes without `'`, `$` and
backslash, and values in double quotes without `"`, `$`, backslash and backquote. Tried with python-dotenv,
django-environ, python-decouple, honcho, phpdotenv, Khadem's, Node's `--env-file`, npm's dotenv and dotenv-expand,
Ruby's dotenv, godotenv, bash and dash. `docker run --env-file` keeps quotes and agrees on the first only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from smtpwizard.export.reader import WAY_OUT, Entry, Reader, bare, double_quoted, single_quoted
from smtpwizard.export.readers import decouple, django_environ, honcho, khadem, phpdotenv, python_dotenv

_OTHERS: Final = tuple(module.READER for module in (python_dotenv, django_environ, decouple, honcho, phpdotenv, khadem))
_TILDE: Final = re.compile(r"(^|:)~")
"""A shell that sources the file takes such a tilde for a home folder."""

_AGREED: Final = re.compile(
    r"[A-Za-z_][A-Za-z0-9_]*=(?:(?P<bare>[A-Za-z0-9_./:@%+=,!~-]+)|'[^'$\\\r\n]*'|\"[^\"$\\`\r\n]*\")"
)


def _entries(text: str, environment: Mapping[str, str]) -> Iterator[Entry]:
    for entry in python_dotenv.READER.entries(text, environment):
        yield replace(entry, doubt=_doubt(text[entry.start : entry.end], entry))


def _doubt(statement: str, entry: Entry) -> str | None:
    agreed = _AGREED.fullmatch(statement)
    if agreed is not None and not (agreed["bare"] and _TILDE.search(agreed["bare"])):
        return None
    if entry.value is None:
        return "it has no equals sign"
    if re.fullmatch(r"\w+=(''|\"\")?", statement):
        return None
    if statement.startswith("export"):
        return "it begins with “export”"
    if entry.comment is not None:
        return "it has a comment behind the value, and some readers take that for part of the value"
    if "$" in statement:
        return "it holds a $, and some readers take what follows for a variable"
    if "\n" in statement or "\r" in statement:
        return "its value spans several lines"
    if "\\" in statement:
        return "it holds a backslash"
    return "some readers want its value in quotes, or in others"


def _bare(value: str) -> str | None:
    return None if _TILDE.search(value) else bare(value)


def _single_quoted(value: str) -> str | None:
    return None if re.search(r"[$\\]", value) or not _agreed_by_all(f"'{value}'", value) else single_quoted(value)


def _double_quoted(value: str) -> str | None:
    if re.search(r"[\"$\\`]", value):
        return None
    written = double_quoted()(value)
    return written if written is not None and _agreed_by_all(written, value) else None


def _agreed_by_all(written: str, value: str) -> bool:
    return all(reader.agrees(written, value) for reader in _OTHERS)


READER: Final = Reader(
    id="strict",
    name="An unknown reader",
    entries=_entries,
    styles=(_bare, _single_quoted, _double_quoted),
    flaws=(
        (r"\$", "The value holds $, and some readers take that for a variable however it is quoted."),
        (r"\\", "The value holds a backslash, which readers treat differently."),
        (r"^\".*\"$", "The value has double quotes at both ends, and some readers take them off."),
        (r"'", "The value holds an apostrophe and other quotes, which readers treat differently."),
    ),
    way_out="Name the program that will read the file, whose rules may allow it. " + WAY_OUT,
)
