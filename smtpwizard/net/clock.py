"""Time, as the machine has it."""

from __future__ import annotations

import datetime
import time


def since(began: float) -> float:
    """Milliseconds since a moment of `time.monotonic`, to the tenth."""
    return round((time.monotonic() - began) * 1000, 1)


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds, from an arbitrary start."""
        return time.monotonic()

    def now(self) -> str:
        """UTC, RFC 3339."""
        return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
