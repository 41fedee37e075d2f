"""When each check ran, as bars on one line of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from smtpwizard.model.report_document import CheckDocument
from smtpwizard.model.stage import Status
from smtpwizard.output.style import width

_BAR: Final = "━"
_ROOM: Final = 12
"""Columns for the milliseconds behind a bar."""


def time_line(checks: Sequence[CheckDocument], total_ms: float) -> list[str]:
    """A line for each check that took any time worth a look: its name, its bar, its milliseconds."""
    ran = [check for check in checks if check.status is not Status.SKIP and check.duration_ms >= 1]
    if not ran or total_ms <= 0:
        return []
    names = max(len(check.id) for check in ran)
    room = max(10, width() - names - _ROOM - 4)
    lines = []
    for check in sorted(ran, key=lambda check: (check.start_ms, check.id)):
        begins = min(room - 1, int(check.start_ms / total_ms * room))
        length = max(1, min(room - begins, round(check.duration_ms / total_ms * room)))
        bar = (" " * begins + _BAR * length).ljust(room)
        lines.append(f"  {check.id:<{names}}  {bar}{f'{check.duration_ms:,.0f} ms':>{_ROOM}}")
    return lines
