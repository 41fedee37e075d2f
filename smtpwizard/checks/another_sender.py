"""Further senders that are offered to the server, in transactions of their own that are given up at once."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Context, Options, Record, Verdict
from smtpwizard.model.stage import Stage, Status

NULL: Final = "mail.null-sender"
FOREIGN: Final = "mail.foreign-sender"


def asked_for(options: Options) -> tuple[str, ...]:
    """The checks of further senders that this run is to carry out: those that are named."""
    return tuple(check for check in (NULL, FOREIGN) if check in options.only)


def offering(sender: str, check_id: str, title: str, *, refused: Status, after: tuple[str, ...] = ()) -> Check:
    """The check that offers a sender, carried out only when it is named: `refused` is what becomes of it then.

    It waits until the transaction of the account itself is over, and for what else it comes `after`.
    """

    async def run(context: Context, record: Record) -> Verdict:
        taken = await _offer(context, record, sender)
        if taken is None:
            return Verdict(Status.SKIP)
        return Verdict(Status.PASS if taken else refused)

    return Check(
        id=check_id,
        title=title,
        stage=Stage.MAIL,
        run=run,
        needs=("mail.sender",),
        after=("rcpt.recipient", "data.message", *after),
        applies=lambda account, options: account.sender is not None and check_id in options.only,
    )


async def _offer(context: Context, record: Record, sender: str) -> bool | None:
    """Whether the server takes a sender; None where it gave no answer, or takes no further transaction (RFC 9422)."""
    most = context.given(Introduced).extensions.limits.mail
    if most is not None and most <= len(asked_for(context.options)):
        return None
    session = context.given(Connected).session
    heard = await session.mail(sender, (), context.options.timeout)
    for evidence in heard.evidence:
        record(evidence)
    if heard.reply is None:
        return None
    if heard.ok:
        await session.rset(context.options.timeout)
    return heard.ok
