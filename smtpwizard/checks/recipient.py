"""Whether the server takes the recipient (RCPT TO). Unless a message follows, the transaction is given up by RSET."""

from __future__ import annotations

from smtpwizard.checks.envelope import on_the_wire
from smtpwizard.checks.products import Connected
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.stage import Stage


async def _run(context: Context, record: Record) -> Verdict:
    session = context.given(Connected).session
    heard = await session.rcpt(on_the_wire(context.account.recipient or ""), context.options.timeout)
    for evidence in heard.evidence:
        record(evidence)
    if heard.reply is not None and heard.reply.code != 421 and not context.options.send:
        await session.rset(context.options.timeout)
    return Verdict(heard.status)


CHECK = Check(
    id="rcpt.recipient",
    title="server takes the recipient",
    stage=Stage.RCPT,
    run=_run,
    needs=("mail.sender",),
    applies=lambda account, options: account.sender is not None and account.recipient is not None,
)
