"""Phrases: how signs name wording, so that case, white space and line wrapping never matter.

A phrase is plain text in which `*` stands for any run of at most 60 characters and `#` for a number. It matches
whole words: a phrase that ends in `*` also matches a longer word. There is nothing else to escape or to get wrong,
and no phrase can take more than linear time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import msgspec

GAP: Final = 60
"""Characters that `*` spans at most."""
DIGITS: Final = r"\d{1,20}"
"""What `#` stands for. The bound keeps the search linear in a text of nothing but digits."""

_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | {"‐": "-", "‑": "-", "–": "-", "—": "-", "\u00a0": " ", "…": "..."}
)
_WORD = re.compile(r"\w+")
_PIECE = re.compile(r"\*|#|\w+|\s+|[^\w\s*#]+")


def _written_together(character: str) -> bool:
    """Kana, Han and Hangul have no spaces, or join endings on: each character counts as a word."""
    return character >= "\u3040" and (
        character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af"
    )


def _spaced(text: str) -> str:
    """A text in which every word stands by itself."""
    if text.isascii():
        return text
    return "".join(f" {character} " if _written_together(character) else character for character in text)


def _pieces(phrase: str) -> list[str]:
    """The words, gaps, numbers, spaces and other signs of a phrase, in order."""
    return [
        piece
        for run in _PIECE.findall(normalise(phrase))
        for piece in (_spaced(run).split() if _WORD.match(run) else [run])
    ]


def normalise(text: str) -> str:
    """The form in which wording is compared: case-folded, one space for white space, plain quotes and hyphens."""
    if text.isascii():
        return " ".join(text.lower().replace("`", "'").split())
    return " ".join(text.casefold().translate(_QUOTES).split())


OPENING: Final = 3
LONG_OPENING: Final = 6
"""Letters of a word's beginning that are a key: the longer ones are rarer, the shorter ones there for short words."""


def words_of(normalised: str) -> list[str]:
    """The words of a normalised text, in their order."""
    return _WORD.findall(_spaced(normalised))


def word_keys(word: str) -> list[str]:
    """What phrases can be filed under that match a text with this word: itself, and how it begins (`unk*`)."""
    keys = [word, f"{word[:OPENING]}*"]
    return [*keys, f"{word[:LONG_OPENING]}*"] if len(word) >= LONG_OPENING else keys


def pair_keys(words: Iterable[str]) -> Iterator[str]:
    """What phrases can be filed under besides: each two words that follow each other (`user unknown`)."""
    return map(" ".join, pairwise(words))


def required_keys(phrase: str) -> set[str]:
    """The keys of every text that the phrase matches, whatever stands in the place of its `*` and `#`."""
    pieces = ["", *_pieces(phrase), ""]
    required: set[str] = set()
    word = ""
    for before, piece, after in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if _written_together(piece[0]):
            # A word by itself, whatever stands beside it.
            required |= {piece, f"{piece}*", f"{word} {piece}"} if word else {piece, f"{piece}*"}
            word = piece
        elif _WORD.fullmatch(piece) and before not in {"*", "#"}:
            if len(piece) >= OPENING or after not in {"*", "#"}:
                required.add(f"{piece[:OPENING]}*")
            if len(piece) >= LONG_OPENING:
                required.add(f"{piece[:LONG_OPENING]}*")
            if after not in {"*", "#"}:
                required |= {piece, f"{word} {piece}"} if word else {piece}
            word = piece if after not in {"*", "#"} else ""
        elif _WORD.fullmatch(piece) or piece in {"*", "#"}:
            word = ""
    return required


def literal_length(phrase: str) -> int:
    """Characters of the phrase that a text must really contain: how specific it is."""
    return sum(len(piece) for piece in _pieces(phrase) if piece not in {"*", "#"})


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A part of a phrase between two `*`."""

    literal: str
    """Its longest part without `#`: where that is missing, nothing else needs to be looked at."""
    numbered: re.Pattern[str] | None
    """The whole of it, where it contains `#`."""
    opens: bool
    """Whether a word must begin with it."""
    closes: bool
    """Whether a word must end with it."""

    def span(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """Where it stands first, not before `start`."""
        literal, numbered = self.literal, self.numbered
        while True:
            if numbered is None:
                start = text.find(literal, start)
                end = start + len(literal)
            else:
                match = numbered.search(text, start)
                start, end = match.span() if match is not None else (-1, -1)
            if start < 0:
                return None
            if not (self.opens and _in_word(text[start - 1 : start])) and not (
                self.closes and _in_word(text[end : end + 1])
            ):
                return start, end
            start += 1

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Everywhere it stands."""
        span = self.span(text)
        while span is not None:
            yield span
            span = self.span(text, span[0] + 1)


def _in_word(character: str) -> bool:
    """Whether a character next to a word makes it a longer one."""
    return (character.isalnum() and not _written_together(character)) or character == "_"


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """A phrase that can be looked for in normalised text, in time linear in the text's length."""

    segments: tuple[Segment, ...]

    def span(self, text: str) -> tuple[int, int] | None:
        """Where the first passage begins and ends that the phrase matches."""
        if len(self.segments) == 1:
            return self.segments[0].span(text)
        # A plain loop: this runs for each text some times, mostly in vain.
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


@cache
def compile_phrase(phrase: str) -> Phrase:
    """The phrase, ready to be looked for."""
    pieces = _pieces(phrase)
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
    numbered = None
    if "#" in pieces:
        numbered = re.compile("".join(DIGITS if piece == "#" else re.escape(piece) for piece in pieces))
    literal = max("".join(pieces).split("#"), key=len)
    return Segment(literal, numbered, opens and _in_word(pieces[0][0]), closes and _in_word(pieces[-1][-1]))


def longest_part(phrase: str) -> str:
    """The longest text without `*` and `#` that stands in every text the phrase matches."""
    return max(re.split(r"[*#]", normalise(phrase)), key=len).strip()


def filed(phrases: Iterable[str]) -> Mapping[str, str]:
    """For each phrase the rarest of the keys that it requires; empty where it requires none."""
    required = {phrase: required_keys(phrase) for phrase in phrases}
    frequency = Counter(key for keys in required.values() for key in keys)
    return {
        phrase: min(keys, key=lambda key: (frequency[key], key.endswith("*"), -len(key), key), default="")
        for phrase, keys in required.items()
    }
