"""Whether the other addresses of the host answer too: a dead one costs programs their time, or their connection."""

from __future__ import annotations

import asyncio

from smtpwizard.checks.open import connect
from smtpwizard.checks.products import Connected, Destination, Destinations
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence import Connection
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    connected = context.given(Connected)
    rest = [item for item in context.given(Destinations).found if item.address not in connected.tried]

    async def attempt(destination: Destination) -> Connection:
        evidence, session = await connect(context, destination)
        if session is not None:
            session.close()
        record(evidence)
        return evidence

    async with asyncio.TaskGroup() as group:
        attempts = [group.create_task(attempt(destination)) for destination in rest]
    return Verdict(Status.PASS if all(task.result().outcome == "open" for task in attempts) else Status.WARN)


CHECK = Check(
    id="connect.every",
    title="every address of the host answers",
    stage=Stage.CONNECT,
    run=_run,
    needs=("dns.address", "connect.open"),
)
