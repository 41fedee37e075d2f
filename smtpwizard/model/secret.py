"""A credential that can be used and cannot be shown."""

from __future__ import annotations

import base64
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, chain, groupby, repeat
from typing import NoReturn, Self
from urllib.parse import quote, quote_plus

from smtpwizard.model.text import MASK, printable

MAX_SECRET_LENGTH = 8192
"""Characters. Access tokens stay below 4 kB; AUTH lines are limited to 12,288 octets (RFC 4954, section 4)."""

_SHORTEST_HIDDEN = 3
"""A shorter secret is not searched for in text: it would stand in half of all words."""

_LONGEST_SPELT = 256
"""Characters. Longer secrets are tokens, which nobody spells out."""
_SHORTEST_BACKWARDS = 6
"""Characters. What is shorter stands backwards in other words by chance."""
_LONGEST_WORD = 12
"""Letters of a secret that may be a word of a sentence too, and then is not searched for in another case."""

_SPACES = dict.fromkeys(map(ord, " \t\r\n\v\f\u00a0\u1680\u2007\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"))
_QUOTES = frozenset("\"'`")
_SMART_QUOTES = frozenset("‘’‚‛“”„‟«»")


class SecretFlaw(StrEnum):
    """Something about a secret that is rarely meant."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    LINE_BREAK = "line-break"
    OUTER_SPACE = "outer-space"
    INNER_SPACE = "inner-space"
    NON_BREAKING_SPACE = "non-breaking-space"
    INVISIBLE = "invisible-character"
    QUOTED = "quoted"
    SMART_QUOTES = "smart-quotes"
    NON_ASCII = "non-ascii"


class Secret:
    """A password, key or token.

    It does not come out through `repr`, `str`, `format`, `copy`, `pickle`, `json`, `vars` or a traceback that
    prints local variables. Only `net` and `export` call `reveal`.
    """

    __slots__ = ("__value",)
    __value: str

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_Secret__value", value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (s.__value.encode("utf-8", "surrogatepass") for s in (self, other))
        return hmac.compare_digest(mine, theirs)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is never serialised")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret is never serialised")

    def reveal(self) -> str:
        """The credential itself, for the module that sends or stores it."""
        return self.__value

    @property
    def length(self) -> int:
        """Characters, which a field shows as so many dots."""
        return len(self.__value)

    def spliced(self, start: int, end: int, inserted: Secret) -> Secret:
        """The same secret with another one in the place of some of its characters, as an editing key does it."""
        return Secret(self.__value[:start] + inserted.__value + self.__value[end:])

    def matches(self, pattern: str) -> bool:
        """Whether the whole secret has the shape of this regular expression."""
        return re.fullmatch(pattern, self.__value) is not None

    def flaws(self) -> tuple[SecretFlaw, ...]:
        """What a paste or a file may have done to the secret, in the order of `SecretFlaw`."""
        value = self.__value
        if not value:
            return (SecretFlaw.EMPTY,)
        stripped = value.strip()
        found = {
            SecretFlaw.TOO_LONG: len(value) > MAX_SECRET_LENGTH,
            SecretFlaw.LINE_BREAK: any(c in value for c in "\r\n\v\f\u0085\u2028\u2029"),
            SecretFlaw.OUTER_SPACE: value != stripped and value.strip("\r\n") != stripped,
            SecretFlaw.INNER_SPACE: any(c in stripped for c in " \t"),
            SecretFlaw.NON_BREAKING_SPACE: any(c in value for c in "\u00a0\u2007\u202f"),
            SecretFlaw.INVISIBLE: any(_is_invisible(c) for c in value),
            SecretFlaw.QUOTED: len(value) > 1 and value[0] == value[-1] and value[0] in _QUOTES,
            SecretFlaw.SMART_QUOTES: any(c in _SMART_QUOTES for c in value),
            SecretFlaw.NON_ASCII: not value.isascii(),
        }
        return tuple(flaw for flaw, present in found.items() if present)

    def without_spaces(self) -> Secret:
        """The same secret without any white space, non-breaking and zero-width kinds included.

        For secrets that are shown in groups, such as Google's app passwords.
        """
        return Secret(self.__value.translate(_SPACES))

    def trimmed(self) -> Secret:
        """The same secret without the line breaks and spaces that a paste left at its ends."""
        return Secret(self.__value.strip(" \t\r\n\v\f\u00a0\u200b\u2060\ufeff"))

    def redact(self, text: str, *, cut: bool = False) -> str:
        """`text` with the secret hidden wherever it stands: as is, backwards, in another case, in base64 or
        hexadecimal, escaped.

        Of a text that was `cut`, a beginning of the secret at its very end is hidden too.
        """
        if len(self.__value) < _SHORTEST_HIDDEN:
            return text
        forms = _forms(self.__value)
        for form in forms:
            if form in text:
                text = text.replace(form, MASK)
        if len(self.__value) <= _LONGEST_SPELT:
            text = _spelt(self.__value).sub(MASK, text)
        if cut:
            held = max((_overlap(text, form) for form in forms), default=0)
            if held >= _SHORTEST_HIDDEN:
                text = text[:-held] + MASK
        return text

    def redact_lines(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Like `redact`, for lines that belong together: the secret may begin in one and go on in the next."""
        if len(lines) > 1 and len(self.__value) >= _SHORTEST_HIDDEN:
            lines = self._across(lines)
        return tuple(map(self.redact, lines))

    def _across(self, lines: Sequence[str]) -> Sequence[str]:
        whole = "".join(lines)
        ends = list(accumulate(map(len, lines)))
        hidden: set[int] = set()
        for start, end in self._spans(whole):
            if any(start < border < end for border in ends):
                hidden.update(range(start, end))
        if not hidden:
            return lines
        return [
            "".join(
                MASK if masked else "".join(whole[place] for place in places)
                for masked, places in groupby(range(end - len(line), end), hidden.__contains__)
            )
            for line, end in zip(lines, ends, strict=True)
        ]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for form in _forms(self.__value):
            start = text.find(form)
            while start >= 0:
                yield start, start + len(form)
                start = text.find(form, start + 1)
        if len(self.__value) <= _LONGEST_SPELT:
            yield from (match.span() for match in _spelt(self.__value).finditer(text))

    def may_begin_in(self, text: str) -> bool:
        """Whether the end of the text may be the beginning of the secret."""
        return len(self.__value) >= _SHORTEST_HIDDEN and any(_overlap(text, form) for form in _forms(self.__value))


@lru_cache(maxsize=4)
def _spelt(value: str) -> re.Pattern[str]:
    """The secret with each character as it is or escaped in any usual way, or all of it backwards or in hexadecimal.

    No group is ever tried twice, so that no text makes the search slow.
    """
    any_case = not (value.isalpha() and len(value) < _LONGEST_WORD)
    octets = [[f"{octet:02x}" for octet in _encoded(character)] for character in value]
    spelt = "".join(map(_spellings, value, octets, repeat(any_case)))
    between = r"(?>[ :,-]?(?:\\x|0x)?)"
    backwards = rf"|(?i:{re.escape(value[::-1])})" if any_case and len(value) >= _SHORTEST_BACKWARDS else ""
    return re.compile(f"{spelt}|(?i:{between.join(chain.from_iterable(octets))}){backwards}")


@lru_cache(maxsize=4)
def _forms(value: str) -> tuple[str, ...]:
    raw = _encoded(value)
    forms = {
        value,
        printable(value, limit=len(value)),
        quote(value, safe="", errors="replace"),
        quote(value, errors="replace"),
        quote_plus(value, errors="replace"),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        raw.hex(),
    }
    # Base64 of "user NUL secret" holds the secret at one of three offsets; the characters at either edge also
    # carry bits of the neighbours and are left out of the search.
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw).decode("ascii").rstrip("=")
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        if last - first >= _SHORTEST_HIDDEN:
            forms.add(encoded[first:last])
            forms.add(encoded[first:last].replace("+", "-").replace("/", "_"))
    backwards = {form[::-1] for form in forms if len(form) >= _SHORTEST_BACKWARDS}
    return tuple(sorted((form for form in forms | backwards if form), key=len, reverse=True))


def _encoded(text: str) -> bytes:
    try:
        # What the environment and the command line give for bytes that are no UTF-8 (PEP 383).
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _spellings(character: str, octets: Sequence[str], any_case: bool) -> str:
    point = ord(character)
    escaped = [
        *("".join(f"{sign}{octet}" for octet in octets) for sign in ("%", "=", r"\\x")),
        rf"\\u\{{?{point:04x}\}}?",
        f"&#0*{point};",
        f"&#x0*{point:x};",
    ]
    plain = f"(?i:{re.escape(character)})" if any_case else re.escape(character)
    space = r"|\+" if character == " " else ""
    return f"(?>(?i:{'|'.join(escaped)})|{plain}{space})"


def _overlap(text: str, form: str) -> int:
    """How many characters at the end of the text are the beginning of the form."""
    return next((n for n in range(min(len(text), len(form)), 0, -1) if text.endswith(form[:n])), 0)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} and character not in "\r\n\t\v\f\u0085"
