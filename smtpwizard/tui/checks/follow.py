"""Follows a run: folds its events into a report, at most once a frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from textual.message_pump import MessagePump

from smtpwizard.model.event import AnyEvent
from smtpwizard.model.report import Report

FRAME: Final = 1 / 30
"""Seconds between two pictures."""
BREATH: Final = 200
"""Events after which the screen gets its turn, however fast they come."""


async def follow(events: AsyncGenerator[AnyEvent, None], owner: MessagePump, show: Callable[[Report], None]) -> Report:
    """The report at the end of a run.

    `show` gets it on the way, as often as it can be seen, and perhaps once more when the page's widgets are gone.
    Cancelling this closes the events, and with them the run.
    """
    report = Report()
    pending: list[AnyEvent] = []
    waiting = False

    def fold() -> None:
        nonlocal report, waiting
        waiting = False
        if pending:
            report = report.apply_all(pending)
            pending.clear()
            show(report)

    count = 0
    async with aclosing(events) as stream:
        async for event in stream:
            pending.append(event)
            count += 1
            if not waiting:
                waiting = True
                owner.set_timer(FRAME, fold)
            if count % BREATH == 0:
                await asyncio.sleep(0)
    fold()
    return report
