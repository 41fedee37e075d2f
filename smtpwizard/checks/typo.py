"""Near misses: host names that are one slip away from one that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

FARTHEST: Final = 2
"""Slips by which a name may differ from the one that was meant."""
SHORTEST: Final = 5
"""Letters of a label below which a slip makes another word rather than a mistyped one."""
LONG: Final = 8
"""Letters of a label from which on one slip hardly ever makes another word: `smtp.mail.com` is not `smtp.gmail.com`."""


@dataclass(frozen=True, slots=True)
class Near:
    """The known host that was probably meant."""

    host: str
    sure: bool
    """Whether the mistyped label can hardly be meant as it is; else only a name that does not exist is one."""


def nearest(host: str, known: Iterable[str]) -> Near | None:
    """The known host that this one is a slip of, or None where none is near or this one is known itself.

    The slips must stand in one label, the others being the same, or be dots that are missing or mistyped.
    """
    name = host.rstrip(".").casefold()
    labels = name.split(".")
    letters = re.sub("[.,;]", "", name)
    best: tuple[int, str, bool] | None = None
    for candidate in known:
        if candidate == name:
            return None
        if candidate.replace(".", "") == letters:
            return Near(candidate, sure=True)
        found = _slip_in_one_label(labels, candidate.split("."))
        if found is not None and (best is None or (found[0], candidate) < best[:2]):
            best = found[0], candidate, found[1]
    return Near(best[1], best[2]) if best is not None else None


def _slip_in_one_label(labels: list[str], others: list[str]) -> tuple[int, bool] | None:
    if len(labels) != len(others):
        return None
    differing = [(one, other) for one, other in zip(labels, others, strict=True) if one != other]
    if len(differing) != 1:
        return None
    one, other = differing[0]
    if others[-1] == other and {one, other} <= _ENDINGS:
        return 1, False
    if other in _SHORT_SLIPS:
        return (1, True) if one in _SHORT_SLIPS[other] else None
    # Regions and numbered hosts differ by design: `eu` and `us`, `smtp2` and `smtp3`.
    if len(other) < SHORTEST or [c for c in one if c.isdecimal()] != [c for c in other if c.isdecimal()]:
        return None
    slips = distance(one, other, FARTHEST)
    if slips is None:
        return None
    swapped = slips == 1 and sorted(one) == sorted(other)
    return slips, swapped or (slips == 1 and len(other) >= LONG and other.isalpha())


_ENDINGS: Final = frozenset({"com", "net", "org"})
"""Top-level domains that stand for one another in memory, and each exist."""
_SHORT_SLIPS: Final = {
    "smtp": ("smpt", "stmp", "smtb", "mstp", "sntp", "smtpp", "smttp", "smp", "stp", "smtps"),
    "com": ("con", "cmo", "ocm", "comm", "cim", "vom", "xom", "om"),
    "net": ("nte", "ner", "met", "nett"),
    "org": ("ogr", "orgg", "prg"),
    "mail": ("mial", "maill", "mali", "amil"),
}
"""Short labels that are hardly anything else than a slip of the common one."""


def distance(one: str, other: str, most: int) -> int | None:
    """How many letters are to be added, left out, changed, or swapped with their neighbour (Damerau-Levenshtein).

    None where it is more than `most`.
    """
    if abs(len(one) - len(other)) > most:
        return None
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1] if last[-1] <= most else None
