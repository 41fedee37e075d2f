"""The TLS handshake after STARTTLS, and the certificate."""

from __future__ import annotations

import datetime
from typing import Final

from smtpwizard.checks.products import Connected, Presented, Refused
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

EXPIRES_SOON: Final = datetime.timedelta(days=14)


async def handshake(context: Context, record: Record) -> Verdict:
    """Turn TLS on and judge the certificate."""
    policy = TlsPolicy(context.account.host, context.options.ca_file, context.options.pin)
    session = context.given(Connected).session
    shaken = await session.handshake(policy, context.options.timeout)
    if shaken.injected is not None:
        record(shaken.injected)
        return Verdict(Status.FAIL)
    record(shaken.handshake)
    if shaken.certificate is None:
        return Verdict(Status.FAIL, (Refused(shaken.handshake.reason, session.address, session.port),))
    record(shaken.certificate)
    gives = (Presented(shaken.certificate),)
    if not shaken.trusted:
        return Verdict(Status.FAIL, gives)
    now = datetime.datetime.fromisoformat(context.ports.clock.now())
    ends = datetime.datetime.fromisoformat(shaken.certificate.not_after)
    soon = shaken.certificate.verdict == "trusted" and ends - now < EXPIRES_SOON
    return Verdict(Status.WARN if soon else Status.PASS, gives)


CHECK = Check(
    id="tls.upgrade",
    title="certificate is trusted and for this host",
    stage=Stage.TLS,
    run=handshake,
    needs=("starttls.command",),
    applies=lambda account, options: account.security is Security.STARTTLS,
)
