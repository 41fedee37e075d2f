"""Further senders that are offered to the server, in transactions of their own that are given up at once."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Context, Options, Record

NULL: Final = "mail.null-sender"
FOREIGN: Final = "mail.foreign-sender"


def asked_for(options: Options) -> tuple[str, ...]:
    """The checks of further senders that this run is to carry out: those that are named."""
    return tuple(check for check in (NULL, FOREIGN) if check in options.only)


async def offer(context: Context, record: Record, sender: str) -> bool | None:
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
