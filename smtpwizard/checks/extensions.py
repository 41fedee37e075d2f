"""What the server offers before TLS, or on a connection that began with it."""

from __future__ import annotations

from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.dialogue import Capabilities
from smtpwizard.model.stage import Stage, Status


async def introduce(context: Context, record: Record) -> Verdict:
    """Say EHLO and take the server's offers."""
    session = context.given(Connected).session
    name = context.options.ehlo_name or session.default_ehlo_name
    heard, extensions = await session.ehlo(name, context.options.timeout)
    for evidence in heard.evidence:
        record(evidence)
    if extensions is None or heard.reply is None:
        return Verdict(Status.FAIL)
    server = heard.reply.lines[0].partition(" ")[0] if heard.reply.lines else ""
    offers = extensions
    record(Capabilities(session.encrypted, server, offers.keywords, offers.auth, offers.size, offers.limits))
    return Verdict(heard.status, (Introduced(extensions),))


CHECK = Check(
    id="ehlo.extensions",
    title="server answers EHLO",
    stage=Stage.EHLO,
    run=introduce,
    needs=("greeting.banner",),
)
