"""Programs and libraries whose errors people paste."""

from __future__ import annotations

import msgspec


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program, and how its output is recognised."""

    id: str
    name: str
    words: tuple[str, ...]
    """Phrases that only this program prints."""
    also: tuple[str, ...] = ()
    """Other programs whose settings it may come down to, such as Rails for Ruby's own library."""
    beneath: bool = False
    """Whether another program may be the one to set: a library, or a server that the program hands its mail to."""

    @property
    def programs(self) -> tuple[str, ...]:
        """Whose settings matter where it prints an error."""
        return (self.name, *self.also)
