"""What the server says to a sender that is not the account's. Only when asked for; either answer is a fact."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.another_sender import FOREIGN, NULL, offer
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.stage import Stage, Status

STRANGER: Final = "smtpwizard-test@example.com"
"""RFC 2606, section 3 keeps the domain for examples: the address is nobody's."""


async def _run(context: Context, record: Record) -> Verdict:
    taken = await offer(context, record, STRANGER)
    return Verdict(Status.SKIP if taken is None else Status.PASS)


CHECK = Check(
    id=FOREIGN,
    title="what a foreign sender is told is known",
    stage=Stage.MAIL,
    run=_run,
    needs=("mail.sender",),
    after=("rcpt.recipient", "data.message", NULL),
    applies=lambda account, options: account.sender is not None and FOREIGN in options.only,
)
