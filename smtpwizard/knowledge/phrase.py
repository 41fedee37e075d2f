"""Phrases: how signs name wording, so that case, white space and line wrapping never matter.

A phrase is plain text in which `*` stands for any run of at most 120 characters and `#` for a number. It matches
whole words: a phrase that ends in `*` also matches a longer word. There is nothing else to escape or to get wrong,
and no phrase can take more than linear time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

GAP: Final = 120
"""Characters that `*` spans at most."""
DIGITS: Final = r"\d{1,20}"
"""What `#` stands for. The bound keeps the search linear in a text of nothing but digits."""

_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " ", "…": "..."}
)
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\*|#|\w+|\s+|[^\w\s*#]+")


def normalise(text: str) -> str:
    """The form in which wording is compared: case-folded, one space for white space, plain quotes and hyphens."""
    return " ".join(text.casefold().translate(_QUOTES).split())


def words_of(normalised: str) -> set[str]:
    """The words of a normalised text."""
    return set(_WORD.findall(normalised))


def required_words(phrase: str) -> list[str]:
    """Words that stand in every text the phrase matches."""
    pieces = _PIECE.findall(normalise(phrase))
    return [
        piece
        for position, piece in enumerate(pieces)
        if _WORD.fullmatch(piece)
        and not any(
            neighbour in "*#" for neighbour in (pieces[position - 1 : position] + pieces[position + 1 : position + 2])
        )
    ]


def literal_length(phrase: str) -> int:
    """Characters of the phrase that a text must really contain: how specific it is."""
    return sum(len(piece) for piece in _PIECE.findall(normalise(phrase)) if piece not in {"*", "#"})


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A part of a phrase between two `*`."""

    pattern: re.Pattern[str]
    literal: str
    """Its longest part without `#`: where that is missing, nothing else needs to be looked at."""
    is_literal: bool

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands."""
        first = text.find(self.literal)
        if first >= 0:
            for match in self.pattern.finditer(text, first if self.is_literal else 0):
                yield match.span()


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """A phrase that can be looked for in normalised text, in time linear in the text's length."""

    segments: tuple[Segment, ...]

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the first passage begins and ends that the phrase matches."""
        # A plain loop: this runs some forty times for each text.
        for segment in self.segments:
            if segment.literal not in text:
                return None
        if not self.segments:
            return None
        first, *others = self.segments
        ways = first.spans(text)
        for segment in others:
            ways = _joined(list(ways), segment.spans(text), text)
        return next(ways, None)

    def search(self, text: str) -> str | None:
        """The first passage that the phrase matches."""
        start, end = self.span(text) or (0, 0)
        return text[start:end].strip() or None


def _joined(ways: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """The spans that begin within the gap after a way, each together with the nearest such way."""
    passed = 0
    for start, end in spans:
        while passed < len(ways) and ways[passed][1] <= start:
            passed += 1
        if passed:
            origin, before = ways[passed - 1]
            if start - before <= GAP and "\n" not in text[before:start]:
                yield origin, end


@lru_cache(maxsize=8192)
def compile_phrase(phrase: str) -> Phrase:
    """The phrase, ready to be looked for."""
    pieces = _PIECE.findall(normalise(phrase))
    parts: list[list[str]] = [[]]
    for piece in pieces:
        if piece == "*":
            parts.append([])
        else:
            parts[-1].append(piece)
    last = len(parts) - 1
    return Phrase(
        tuple(_segment(part, opens=number == 0, closes=number == last) for number, part in enumerate(parts) if part)
    )


def _segment(pieces: Sequence[str], *, opens: bool, closes: bool) -> Segment:
    """One part of a phrase; it keeps to whole words where it opens or closes the phrase."""
    before = r"(?<!\w)" if opens and _WORD.match(pieces[0]) else ""
    after = r"(?!\w)" if closes and _WORD.match(pieces[-1][-1]) else ""
    source = "".join(DIGITS if piece == "#" else re.escape(piece) for piece in pieces)
    literal = max("".join(pieces).split("#"), key=len)
    return Segment(re.compile(before + source + after), literal, "#" not in pieces)


def longest_part(phrase: str) -> str:
    """The longest text without `*` and `#` that stands in every text the phrase matches."""
    return max(re.split(r"[*#]", normalise(phrase)), key=len).strip()


def key_words(phrases: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """For each phrase the two rarest of its required words: the one to file it under, and one more to look for first.

    An empty word stands where there is none.
    """
    required = {phrase: set(required_words(phrase)) for phrase in phrases}
    frequency = Counter(word for words in required.values() for word in words)
    keys = {}
    for phrase, words in required.items():
        rarest = sorted(words, key=lambda word: (frequency[word], -len(word), word))[:2]
        first, second, *_ = (*rarest, "", "")
        keys[phrase] = first, second
    return keys
