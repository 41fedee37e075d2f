"""Whether this machine's clock can be right, by the dates of the server's certificate and the server's own clock."""

from __future__ import annotations

import datetime
from typing import Final

from smtpwizard import __released__
from smtpwizard.checks.peer_clock import compared
from smtpwizard.checks.products import Connected, OtherClock, Presented
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.machine import ClockOff, PeerClock
from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.moment import told_time
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

SKEW: Final = datetime.timedelta(hours=26)
"""What a clock may be off without a word: a wrong time zone, and the hour or two authorities date back."""
APART: Final = 300.0
"""Seconds by which two clocks may differ and both be called right."""
_BY_DATE: Final = frozenset({"expired", "not-yet-valid"})


async def _run(context: Context, record: Record) -> Verdict:
    presented = context.maybe(Presented)
    if presented is None:
        return Verdict(Status.SKIP)
    peer = context.maybe(OtherClock)
    said = peer.said if peer is not None else await _listened(context, presented.certificate)
    if said is not None and peer is None:
        record(said)
    off = _off(context, presented.certificate, said)
    if off is None:
        return Verdict(Status.PASS)
    record(off)
    return Verdict(Status.WARN)


async def _listened(context: Context, certificate: Certificate) -> PeerClock | None:
    """What the greeting says after a handshake that earns no trust: to listen is to say nothing."""
    connected = context.maybe(Connected)
    implicit = context.account.security is Security.TLS
    if certificate.verdict not in _BY_DATE or connected is None or not implicit:
        return None
    heard = await connected.session.greeting(context.options.timeout / 2)
    return compared(context, "greeting", told_time(heard.reply.text)) if heard.reply is not None else None


def _off(context: Context, certificate: Certificate, peer: PeerClock | None) -> ClockOff | None:
    if certificate.verdict not in _BY_DATE:
        return None
    said = context.ports.clock.now()
    now = datetime.datetime.fromisoformat(said)
    if now < datetime.datetime.fromisoformat(__released__):
        return ClockOff("behind", said, __released__, "release")
    if certificate.faulty is not None:
        return None
    begins, ends = map(datetime.datetime.fromisoformat, (certificate.not_before, certificate.not_after))
    if peer is not None:
        # The server and its authority agree with each other and not with us, or the server is as late as we are.
        theirs = datetime.datetime.fromisoformat(peer.theirs)
        if abs(peer.differs_s) > APART and begins <= theirs <= ends:
            return ClockOff("behind" if peer.differs_s < 0 else "ahead", said, peer.theirs, "peer")
        if abs(peer.differs_s) <= SKEW.total_seconds():
            return None
    # An authority of the system's own never signs ahead of time; whoever runs an authority of their own may.
    public = context.options.ca_file is None
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
    after=("tls.implicit", "tls.upgrade", "greeting.banner", "connect.control"),
    applies=lambda account, options: account.security is not Security.NONE,
)
