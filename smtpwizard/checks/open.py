"""Whether the port can be connected to."""

from __future__ import annotations

import asyncio
from typing import Any

from smtpwizard.checks.products import Attempts, Connected, Destination, Destinations
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.connect import Connection
from smtpwizard.model.ports import Session
from smtpwizard.model.stage import Stage, Status

HEAD_START = 0.25
"""Seconds before the next address is tried beside the last (RFC 8305, section 5)."""


async def _run(context: Context, record: Record) -> Verdict:
    destinations = context.given(Destinations).found
    first: asyncio.Future[Session] = asyncio.get_running_loop().create_future()
    made: list[Connection] = []
    loop = asyncio.get_running_loop()
    ends = loop.time() + context.options.timeout

    async def attempt(destination: Destination) -> None:
        # All attempts end together, so that none is lost when the check's own time is over.
        evidence, session = await connect(context, destination, max(ends - loop.time(), HEAD_START))
        made.append(evidence)
        record(evidence)
        if session is not None and first.done():
            await session.close()
        elif session is not None:
            first.set_result(session)

    try:
        async with asyncio.TaskGroup() as group:
            attempts: list[asyncio.Task[None]] = []
            for destination in destinations:
                attempts.append(group.create_task(attempt(destination)))
                await asyncio.wait(
                    _either(first, attempts[-1:]), timeout=HEAD_START, return_when=asyncio.FIRST_COMPLETED
                )
                if first.done():
                    break
            while not first.done() and (open_ones := [task for task in attempts if not task.done()]):
                await asyncio.wait(_either(first, open_ones), return_when=asyncio.FIRST_COMPLETED)
            # What is still under way is tried again, with all its time, by the check of the other addresses.
            for task in attempts:
                task.cancel()
    except BaseException:
        # Given up between connecting and handing on: nobody else knows of the session.
        if first.done():
            await first.result().close()
        raise
    if not first.done():
        return Verdict(Status.FAIL, (Attempts(tuple(made)),))
    return Verdict(Status.PASS, (Attempts(tuple(made)), Connected(first.result())))


def _either(first: asyncio.Future[Session], attempts: list[asyncio.Task[None]]) -> list[asyncio.Future[Any]]:
    return [first, *attempts]


async def connect(context: Context, destination: Destination, limit: float) -> tuple[Connection, Session | None]:
    """Open one connection within `limit` seconds, as the options of the run have it."""
    return await context.ports.network.connect(
        context.account.host,
        destination.address,
        destination.port,
        limit,
        context.say,
        allow_cleartext_auth=context.options.allow_cleartext_auth,
    )


CHECK = Check(
    id="connect.open", title="port can be connected to", stage=Stage.CONNECT, run=_run, needs=("dns.address",)
)
