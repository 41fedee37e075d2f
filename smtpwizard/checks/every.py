"""Whether the other addresses of the host answer too: a dead one costs programs their time, or their connection."""

from __future__ import annotations

import asyncio
from typing import Literal

from smtpwizard.checks.open import connect
from smtpwizard.checks.products import Attempts, Destination, Destinations
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.connect import Connection, Families
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    made = context.given(Attempts).made
    rest = [d for d in context.given(Destinations).found if d.address not in {attempt.address for attempt in made}]

    async def attempt(destination: Destination) -> Connection:
        evidence, session = await connect(context, destination, context.options.timeout)
        if session is not None:
            await session.close()
        record(evidence)
        return evidence

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(attempt(destination)) for destination in rest]
    dead = _dead([*made, *(task.result() for task in tasks)])
    if dead is None:
        return Verdict(Status.PASS)
    record(dead)
    return Verdict(Status.WARN)


def _dead(attempts: list[Connection]) -> Families | None:
    """What is dead where something else lives; None where all live."""
    failed = [attempt for attempt in attempts if attempt.outcome != "open"]
    if not failed:
        return None
    alive = {attempt.family for attempt in attempts if attempt.outcome == "open"}
    families = {attempt.family for attempt in failed}
    outcome: Literal["ipv6-dead", "ipv4-dead", "some-dead"] = "some-dead"
    if families == {"IPv6"} and alive == {"IPv4"}:
        outcome = "ipv6-dead"
    elif families == {"IPv4"} and alive == {"IPv6"}:
        outcome = "ipv4-dead"
    delay = sum(attempt.elapsed_ms for attempt in failed)
    return Families(outcome, tuple(attempt.address for attempt in failed), round(delay, 1))


CHECK = Check(
    id="connect.every",
    title="every address of the host answers",
    stage=Stage.CONNECT,
    run=_run,
    needs=("dns.address", "connect.open"),
)
