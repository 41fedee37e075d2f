"""Whether this machine's clock can be right, by the dates of the server's certificate."""

from __future__ import annotations

import datetime
from typing import Final

from smtpwizard import __released__
from smtpwizard.checks.products import Presented
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence import Certificate, ClockOff
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

SKEW: Final = datetime.timedelta(hours=26)
"""What a clock may be off without a word: a wrong time zone, and the hour or two authorities date back."""


async def _run(context: Context, record: Record) -> Verdict:
    presented = context.maybe(Presented)
    if presented is None:
        return Verdict(Status.SKIP)
    off = _off(context, presented.certificate)
    if off is None:
        return Verdict(Status.PASS)
    record(off)
    return Verdict(Status.WARN)


def _off(context: Context, certificate: Certificate) -> ClockOff | None:
    if certificate.verdict not in {"expired", "not-yet-valid"} or certificate.faulty is not None:
        return None
    said = context.ports.clock.now()
    now = datetime.datetime.fromisoformat(said)
    if now < datetime.datetime.fromisoformat(__released__):
        return ClockOff("behind", said, __released__, "release")
    # An authority of the system's own never signs ahead of time; whoever runs an authority of their own may.
    public = context.options.ca_file is None
    begins, ends = map(datetime.datetime.fromisoformat, (certificate.not_before, certificate.not_after))
    if certificate.verdict == "not-yet-valid" and public and begins - now > SKEW:
        return ClockOff("behind", said, certificate.not_before, "certificate")
    # A server may have missed a renewal; a big provider's hardly ever does.
    if certificate.verdict == "expired" and public and _of_provider(context) and now - ends > SKEW:
        return ClockOff("ahead", said, certificate.not_after, "certificate")
    return None


def _of_provider(context: Context) -> bool:
    host = context.account.host.rstrip(".").casefold()
    return context.provider is not None and any(endpoint.host == host for endpoint in context.provider.endpoint)


CHECK = Check(
    id="environment.clock",
    title="clock agrees with the certificate",
    stage=Stage.ENVIRONMENT,
    run=_run,
    after=("tls.implicit", "tls.upgrade"),
    applies=lambda account, options: account.security is not Security.NONE,
)
