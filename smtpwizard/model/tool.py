"""Programs and libraries whose errors people paste."""

from __future__ import annotations

import msgspec


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program, and how its output is recognised."""

    id: str
    name: str
    words: tuple[str, ...]
    """Phrases that only this program prints."""
