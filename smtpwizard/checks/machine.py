"""What this machine is, and how it is connected: nothing of it fails a run, and all of it explains one."""

from __future__ import annotations

import asyncio

from smtpwizard.checks.products import Enclosed
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    machine = context.ports.machine
    enclosure = await asyncio.to_thread(machine.enclosure)
    others = await asyncio.to_thread(lambda: (machine.proxies(), machine.tunnels(), machine.resolvers()))
    for surrounding in (enclosure, *others):
        if surrounding is not None:
            record(surrounding)
    return Verdict(Status.PASS, (Enclosed(enclosure),) if enclosure is not None else ())


CHECK = Check(
    id="environment.machine", title="this machine and its connection are known", stage=Stage.ENVIRONMENT, run=_run
)
