"""Texts with placeholders: filled when a line is written, taken apart when it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

_TOKEN: Final = re.compile(r"\{(?P<name>\w+)\}|(?P<open>\[)|(?P<close>\])|(?P<text>[^{}\[\]]+)")
_SOLE: Final = re.compile(r"\{\w+\}")
_LONGEST: Final = 16_384
"""Characters of a text that is taken apart; a longer one is no setting."""


def fill(template: str, values: Mapping[str, str | None], *, percent_encoded: bool = False) -> str | None:
    """The text, or None where a placeholder outside of square brackets has no value.

    A part in square brackets disappears with a placeholder in it that has none.
    """
    parts: list[str] = []
    optional: list[str] | None = None
    complete = True
    for token in _TOKEN.finditer(template):
        if token["open"]:
            optional, complete = [], True
        elif token["close"]:
            parts.extend((optional or ()) if complete else ())
            optional = None
        elif token["name"]:
            value = values.get(token["name"])
            if value is None:
                if optional is None:
                    return None
                complete = False
                continue
            (parts if optional is None else optional).append(quote(value, safe="") if percent_encoded else value)
        else:
            (parts if optional is None else optional).append(token["text"])
    return "".join(parts)


def take_apart(template: str, text: str, *, percent_encoded: bool = False) -> dict[str, str] | None:
    """What stood for each placeholder, or None where the text has another form."""
    if len(text) > _LONGEST:
        return None
    if _SOLE.fullmatch(template):
        return {template[1:-1]: unquote(text) if percent_encoded else text}
    pattern = ""
    for token in _TOKEN.finditer(template):
        if token["open"]:
            pattern += "(?:"
        elif token["close"]:
            pattern += ")?"
        elif token["name"]:
            pattern += f"(?P<{token['name']}>{_shape(token['name'], percent_encoded)})"
        else:
            pattern += re.escape(token["text"])
    match = re.fullmatch(pattern, text, re.DOTALL)
    if match is None:
        return None
    found = {name: value for name, value in match.groupdict().items() if value is not None}
    return {name: unquote(value) for name, value in found.items()} if percent_encoded else found


def _shape(name: str, percent_encoded: bool) -> str:
    if name == "port":
        return r"\d*"
    return r"[^:@/?#\[\]]*" if percent_encoded else ".*?"
