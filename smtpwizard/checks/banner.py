"""Whether a mail server greets."""

from __future__ import annotations

import asyncio
from typing import Final

from smtpwizard.checks.peer_clock import compared
from smtpwizard.checks.products import Connected, Greeted, OtherClock
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.connect import PortAnswer
from smtpwizard.model.evidence.dialogue import ProtocolFlaw, Silence
from smtpwizard.model.moment import told_time
from smtpwizard.model.ports import Session
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

PATIENCE: Final = 0.35
"""Part of the time limit after which a silent port is suspected of waiting for a TLS handshake."""
OTHER_MODE: Final = 0.6
"""Part of the time limit that finding this out may take: it ends before the wait for the greeting does."""


async def _run(context: Context, record: Record) -> Verdict:
    session = context.given(Connected).session
    limit = context.options.timeout
    async with asyncio.TaskGroup() as group:
        greeting = group.create_task(session.greeting(limit))
        suspicion: asyncio.Task[PortAnswer] | None = None
        if context.account.security is not Security.TLS:
            await asyncio.wait([greeting], timeout=limit * PATIENCE)
            if not greeting.done():
                # A port that waits for a TLS handshake looks just like a dead one to who waits for a greeting.
                suspicion = group.create_task(_other_mode(context, session, limit * OTHER_MODE))
        heard = await greeting
        if suspicion is not None and heard.reply is not None:
            suspicion.cancel()
    for evidence in heard.evidence:
        record(evidence)
    if heard.reply is not None:
        status = heard.status
        if heard.ok and is_masked(heard.reply.text):
            record(ProtocolFlaw(Stage.GREETING, "masked-greeting", heard.reply.text[:80]))
            status = Status.WARN
        clock = compared(context, "greeting", told_time(heard.reply.text))
        if clock is None:
            return Verdict(status, (Greeted(heard.reply.text),))
        record(clock)
        return Verdict(status, (Greeted(heard.reply.text), OtherClock(clock)))
    silent = any(isinstance(item, Silence) and not item.received for item in heard.evidence)
    if suspicion is not None and silent:
        record(suspicion.result())
    return Verdict(Status.FAIL)


def is_masked(greeting: str) -> bool:
    """Whether a firewall has written stars over a greeting, as Cisco's inspection of SMTP does."""
    return greeting.count("*") > len(greeting) / 2


async def _other_mode(context: Context, session: Session, timeout: float) -> PortAnswer:
    return await context.ports.network.identify(
        context.account.host, session.address, session.port, timeout, tls_first=True
    )


CHECK = Check(
    id="greeting.banner",
    title="server greets",
    stage=Stage.GREETING,
    run=_run,
    needs=("connect.open", "tls.implicit"),
)
