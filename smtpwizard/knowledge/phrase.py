"""Phrases: how signs name wording, so that case, white space and line wrapping never matter.

A phrase is plain text in which `*` stands for any run of at most 120 characters and `#` for a number. It matches
whole words: a phrase that ends in `*` also matches a longer word. There is nothing else to escape or to get wrong,
and no phrase can take more than linear time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

GAP: Final = 120
"""Characters that `*` spans at most."""

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


@lru_cache(maxsize=8192)
def compile_phrase(phrase: str) -> re.Pattern[str]:
    """The regular expression of a phrase, for normalised text."""
    pieces = _PIECE.findall(normalise(phrase))
    source = "".join(
        f".{{0,{GAP}}}?" if piece == "*" else r"\d+" if piece == "#" else re.escape(piece) for piece in pieces
    )
    before = r"(?<!\w)" if pieces and _WORD.match(pieces[0]) else ""
    after = r"(?!\w)" if pieces and _WORD.match(pieces[-1][-1]) else ""
    return re.compile(before + source + after)


def key_words(phrases: Iterable[str]) -> Mapping[str, str | None]:
    """For each phrase the word to file it under: its rarest required one. None where it requires no whole word."""
    required = {phrase: required_words(phrase) for phrase in phrases}
    frequency = Counter(word for words in required.values() for word in set(words))
    return {
        phrase: min(words, key=lambda word: (frequency[word], -len(word), word)) if words else None
        for phrase, words in required.items()
    }
