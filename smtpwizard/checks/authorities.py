"""Whether this machine has certificate authorities to trust."""

from __future__ import annotations

import asyncio

from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.machine import AuthorityStores
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    machine = context.ports.machine
    found, stores = await asyncio.to_thread(lambda: (machine.authorities(), machine.stores()))
    if stores:
        record(AuthorityStores(stores))
    if found is None:
        return Verdict(Status.PASS)
    record(found)
    own = context.options.ca_file is not None or context.options.pin is not None
    return Verdict(Status.WARN if found.aspect == "no-ca-store" and not own else Status.PASS)


CHECK = Check(
    id="environment.authorities",
    title="this machine has certificate authorities",
    stage=Stage.ENVIRONMENT,
    run=_run,
    applies=lambda account, options: account.security is not Security.NONE,
)
