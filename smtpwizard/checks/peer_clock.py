"""Another clock beside ours: a server's own, where it tells. Many greetings carry the date."""

from __future__ import annotations

import datetime
from typing import Literal

from smtpwizard.model.check import Context
from smtpwizard.model.evidence.machine import PeerClock


def compared(context: Context, source: Literal["greeting", "http"], theirs: str | None) -> PeerClock | None:
    """Another clock beside ours, which is read now."""
    if theirs is None:
        return None
    ours = context.ports.clock.now()
    ahead = datetime.datetime.fromisoformat(ours) - datetime.datetime.fromisoformat(theirs)
    return PeerClock(source, theirs, ours, round(ahead.total_seconds(), 1))
