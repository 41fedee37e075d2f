"""Whether the server takes the sender (MAIL FROM), and whether the account may use it."""

from __future__ import annotations

from typing import Literal

from smtpwizard.checks.another_sender import asked_for
from smtpwizard.checks.envelope import on_the_wire
from smtpwizard.checks.letter import compose
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.dialogue import MissingExtension
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    account = context.account
    session = context.given(Connected).session
    extensions = context.given(Introduced).extensions
    sender = on_the_wire(account.sender or "")
    recipient = on_the_wire(account.recipient) if account.recipient is not None else None
    parameters = []
    letter = compose(account, context.ports.clock.now()) if context.options.send else None
    if letter is not None and extensions.size is not None:
        # RFC 1870: a server that would not take it says so now, before the message is on its way.
        parameters.append(f"SIZE={len(letter.octets)}")
    if not sender.isascii() or not (recipient or "").isascii():
        if not extensions.smtputf8:
            # RFC 6531, section 3.1: the parameter goes only to a server that offers it, and such an address likewise.
            record(MissingExtension("SMTPUTF8"))
            return Verdict(Status.FAIL)
        parameters.append("SMTPUTF8")
    then: Literal["rset", "data"] | None = None
    if extensions.pipelining and not asked_for(context.options):
        then = "data" if context.options.send else "rset"
    heard = await session.mail(sender, tuple(parameters), context.options.timeout, recipient=recipient, then=then)
    for evidence in heard.evidence:
        record(evidence)
    if heard.ok and recipient is None:
        await session.rset(context.options.timeout)
    return Verdict(heard.status, (letter,) if letter is not None else ())


CHECK = Check(
    id="mail.sender",
    title="server takes the sender",
    stage=Stage.MAIL,
    run=_run,
    needs=("ehlo.extensions", "ehlo.encrypted", "auth.login"),
    applies=lambda account, options: account.sender is not None,
)
