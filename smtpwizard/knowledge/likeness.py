"""Likeness: which causes a text resembles, where no sign knows its wording.

Learnt from the signs alone: every phrase and every example in the cause files is a text of its cause. A linear
classifier over words is fitted to them by the averaged perceptron (Freund and Schapire 1999; Collins 2002), which
needs no library, is the same every time, and takes about a second when the index is built.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest, nsmallest
from typing import Final, NamedTuple

import msgspec

from smtpwizard.knowledge.phrase import normalise, words_of
from smtpwizard.model.cause import Cause

ROUNDS: Final = 3
"""Passes over the examples; more fit them closer and new texts worse."""
MARGIN: Final = 1.0
"""By how much the right cause must lead in every example."""
OF_PHRASE: Final = 0.3
"""What a phrase counts for, against an example: it is part of a text only."""
DECISIVE: Final = 4.0
"""How steeply a lead in score becomes a share: the inverse temperature of the softmax."""
KNOWN_WORDS: Final = 3
"""Words that must be known before a text can resemble anything."""
KNOWN_PART: Final = 0.25
"""How much of a text must be known words before it can resemble anything."""
TELLING: Final = 3
"""Words that are named for a resemblance, at most."""
NEGLIGIBLE: Final = 0.4
"""A weight below this is left out: together they hardly change a ranking, and cost most of the time."""
_SAYS_NOTHING = re.compile(r"(?![45]\d\d$).*\d")
"""Numbers and ids, except for negative reply codes."""


class Resemblance(NamedTuple):
    """That a text resembles what is known of a cause."""

    cause: str
    share: float
    """How far, of 1 for all causes together."""
    words: tuple[str, ...]
    """The words that speak most for it."""


class Likeness(msgspec.Struct, frozen=True, array_like=True):
    """How much each word speaks for each cause."""

    causes: tuple[str, ...]
    words: dict[str, tuple[float, tuple[tuple[int, float], ...]]]
    """For each word how rare it is, and its weight for causes, by their number."""

    def resembled(self, text: str, at_most: int) -> tuple[Resemblance, ...]:
        """The causes that a normalised text resembles most, the likeliest first; none where few words are known."""
        words = telling_words(text)
        found = [(word, *self.words[word]) for word in words if word in self.words]
        if len(found) < max(KNOWN_WORDS, KNOWN_PART * len(words)):
            return ()
        length = math.sqrt(sum(rarity * rarity for _, rarity, _ in found))
        scores = [0.0] * len(self.causes)
        for _, rarity, weights in found:
            value = rarity / length
            for number, weight in weights:
                scores[number] += value * weight
        highest = max(scores)
        if highest <= 0.0:
            return ()
        powers = [math.exp((score - highest) * DECISIVE) for score in scores]
        total = math.fsum(powers)
        speaking: dict[int, list[tuple[float, str]]] = {
            number: [] for number in nlargest(at_most, range(len(powers)), key=powers.__getitem__)
        }
        for word, rarity, weights in found:
            for number, weight in weights:
                if number in speaking and weight > 0:
                    speaking[number].append((-rarity * weight, word))
        return tuple(
            Resemblance(
                self.causes[number], powers[number] / total, tuple(word for _, word in nsmallest(TELLING, words))
            )
            for number, words in speaking.items()
        )


def telling_words(normalised: str) -> list[str]:
    """The words that texts are compared by, in alphabetical order; negative reply codes are among them."""
    return sorted(
        word
        for word in set(words_of(normalised))
        if len(word) < 30 and (word.isalpha() or not _SAYS_NOTHING.match(word))
    )


def learn(causes: Iterable[Cause]) -> Likeness:
    """Fit the weights to the phrases and examples of causes, in whatever order these come."""
    names = tuple(sorted({cause.id for cause in causes}))
    texts = sorted(
        {(names.index(cause.id), text, counts) for cause in causes for text, counts in _texts(cause)},
    )
    rows = [(number, telling_words(normalise(text)), counts) for number, text, counts in texts]
    in_rows = Counter(word for _, words, _ in rows for word in words)
    rarity = {word: math.log(1 + len(rows) / count) for word, count in in_rows.items()}
    vectors = [(number, _unit(words, rarity), counts) for number, words, counts in rows if words]
    return Likeness(
        names,
        {
            word: (round(rarity[word], 2), tuple(sorted(weights.items())))
            for word, weights in sorted(_fit(vectors).items())
            if weights
        },
    )


def _texts(cause: Cause) -> Iterable[tuple[str, float]]:
    for sign in cause.sign:
        yield from ((example, 1.0) for example in sign.examples)
        yield from ((re.sub(r"[*#]", " ", phrase), OF_PHRASE) for phrase in sign.when.text)


def _unit(words: Iterable[str], rarity: Mapping[str, float]) -> list[tuple[str, float]]:
    weighed = [(word, rarity[word]) for word in words]
    length = math.sqrt(sum(weight * weight for _, weight in weighed))
    return [(word, weight / length) for word, weight in weighed]


def _place(vector: Iterable[tuple[str, float]], turn: int) -> bytes:
    """Where an example comes in a turn: as if by chance, and before or after another whatever else there is."""
    from hashlib import blake2b

    return blake2b(f"{turn} {' '.join(word for word, _ in vector)}".encode(), digest_size=8).digest()


def _fit(rows: list[tuple[int, list[tuple[str, float]], float]]) -> dict[str, dict[int, float]]:
    """The weights of each word for each class, averaged over all steps of the perceptron."""
    weights: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    drift: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
    step = 1
    for turn in range(ROUNDS):
        for right, vector, counts in sorted(rows, key=lambda row: _place(row[1], turn)):
            scores: defaultdict[int, float] = defaultdict(float)
            for word, value in vector:
                for number, weight in weights[word].items():
                    scores[number] += value * weight
            own = scores.pop(right, 0.0)
            rival = max(scores, key=lambda number: (scores[number], -number), default=None)
            if own - (scores[rival] if rival is not None else 0.0) < MARGIN:
                for word, value in vector:
                    change = counts * value
                    weights[word][right] += change
                    drift[word][right] += step * change
                    if rival is not None:
                        weights[word][rival] -= change
                        drift[word][rival] -= step * change
            step += 1
    averaged = {
        word: {number: round(weight - drift[word][number] / step, 2) for number, weight in by_class.items()}
        for word, by_class in weights.items()
    }
    return {
        word: {number: weight for number, weight in by_class.items() if abs(weight) >= NEGLIGIBLE}
        for word, by_class in averaged.items()
    }
