"""What every kind of evidence has."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from smtpwizard.model.stage import Stage


class Evidence(msgspec.Struct, frozen=True, tag_field="kind"):
    """One fact."""

    told: ClassVar[tuple[str, ...]] = ()
    """Fields that hold the words of the other side: whatever it was told, it may repeat there."""

    @property
    def fact(self) -> str | None:
        """The word for signs, or None where a fact of this kind never gives a cause away by itself."""
        return None

    @property
    def at_stage(self) -> Stage | None:
        """The stage of the session this was seen in, where it is not that of the check."""
        return None
