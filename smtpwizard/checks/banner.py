"""Whether a mail server greets."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.products import Connected
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence import Silence
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

OTHER_MODE: Final = 0.35
"""Part of the time limit that is kept for finding out whether a silent port wants TLS."""


async def _run(context: Context, record: Record) -> Verdict:
    connected = context.given(Connected)
    limit = context.options.timeout
    plain = context.account.security is not Security.TLS
    heard = await connected.session.greeting(limit * (1 - OTHER_MODE) if plain else limit)
    for evidence in heard.evidence:
        record(evidence)
    if heard.reply is not None:
        return Verdict(Status.PASS if heard.reply.code == 220 else Status.FAIL)
    if plain and any(isinstance(item, Silence) and not item.received for item in heard.evidence):
        # A port that waits for a TLS handshake looks just like a dead one to who waits for a greeting.
        record(
            await context.ports.network.identify(
                context.account.host,
                connected.session.address,
                connected.session.port,
                limit * OTHER_MODE,
                tls_first=True,
            )
        )
    return Verdict(Status.FAIL)


CHECK = Check(
    id="greeting.banner",
    title="server greets",
    stage=Stage.GREETING,
    run=_run,
    needs=("connect.open", "tls.implicit"),
)
