"""What is known of server software."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Software(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mail server's software, and by what it gives itself away."""

    name: str
    greets: tuple[str, ...]
    """Words of its greeting; case does not matter."""


def recognise_software(greeting: str, known: Iterable[Software]) -> str | None:
    """The software whose words a greeting holds, the longest of them counting; None where it holds none."""
    folded = greeting.casefold()
    found = [(len(words), each.name) for each in known for words in each.greets if words.casefold() in folded]
    return max(found)[1] if found else None
