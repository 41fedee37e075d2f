"""Whether the server takes the null sender, which bounces have (RFC 5321, section 4.5.5). Only when asked for."""

from __future__ import annotations

from smtpwizard.checks.another_sender import NULL, offer
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    taken = await offer(context, record, "")
    if taken is None:
        return Verdict(Status.SKIP)
    return Verdict(Status.PASS if taken else Status.WARN)


CHECK = Check(
    id=NULL,
    title="server takes the null sender",
    stage=Stage.MAIL,
    run=_run,
    needs=("mail.sender",),
    after=("rcpt.recipient", "data.message"),
    applies=lambda account, options: account.sender is not None and NULL in options.only,
)
