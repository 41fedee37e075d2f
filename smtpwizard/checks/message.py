"""Whether the server takes over a real message. Only on request."""

from __future__ import annotations

from smtpwizard.checks.another_sender import asked_for
from smtpwizard.checks.letter import Letter, compose
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.dialogue import MessageSent
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    account = context.account
    letter = context.maybe(Letter) or compose(account, context.ports.clock.now())
    quit_too = context.given(Introduced).extensions.pipelining and not asked_for(context.options)
    invited, taken = await context.given(Connected).session.data(
        letter.octets, context.options.timeout, then_quit=quit_too
    )
    for evidence in (*invited.evidence, *(taken.evidence if taken is not None else ())):
        record(evidence)
    if taken is None or not taken.ok:
        return Verdict(Status.FAIL)
    record(MessageSent(letter.message_id, letter.token, len(letter.octets), account.recipient or ""))
    return Verdict(taken.status)


CHECK = Check(
    id="data.message",
    title="server takes the test message",
    stage=Stage.DATA,
    run=_run,
    needs=("rcpt.recipient",),
    applies=lambda account, options: options.send and account.sender is not None and account.recipient is not None,
)
