"""Whether the server offers STARTTLS and takes it."""

from __future__ import annotations

import re

from smtpwizard.checks.banner import is_masked
from smtpwizard.checks.products import Connected, Greeted, Introduced
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.tls import StartTls
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

_MASKED = re.compile(r"^(?:X{4,}[A-Z]?|\*{4,}[A-Z]?)$")
"""What firewalls leave of the keyword when they take it out of the reply."""


async def _run(context: Context, record: Record) -> Verdict:
    extensions = context.given(Introduced).extensions
    if not extensions.starttls:
        masked = next((word for word in extensions.keywords if _MASKED.match(word)), None)
        greeting = context.maybe(Greeted)
        if masked is None and greeting is not None and is_masked(greeting.text):
            masked = greeting.text
        record(StartTls("stripped", masked) if masked else StartTls("not-offered"))
        return Verdict(Status.FAIL)
    heard = await context.given(Connected).session.starttls(context.options.timeout)
    for evidence in heard.evidence:
        record(evidence)
    return Verdict(heard.status)


CHECK = Check(
    id="starttls.command",
    title="server offers STARTTLS and takes it",
    stage=Stage.STARTTLS,
    run=_run,
    needs=("ehlo.extensions",),
    applies=lambda account, options: account.security is Security.STARTTLS,
)
