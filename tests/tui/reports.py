"""Finished runs, made by the real runner from scripted checks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from smtpwizard.model.check import Check
from smtpwizard.model.report import Report
from smtpwizard.wizard.runs import start, whole_run
from smtpwizard.wizard.state import Progress
from tests.tui.world import ready, refused, surroundings, well


def run(checks: Sequence[Check], progress: Progress) -> Report:
    """The report of a whole run."""

    async def follow() -> Report:
        report = Report()
        async with aclosing(start(surroundings(checks), whole_run(progress))) as events:
            async for event in events:
                report = report.apply(event)
        return report

    # A thread of its own has no loop yet, whether the test that asks runs in one or not.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(follow())).result()


PASSED = run(well(), ready())
REFUSED = run(refused(), ready())
