"""Whether a handshake failed because the server knows old versions of TLS only: they are named by trying them."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.open import connect
from smtpwizard.checks.products import Connected, Destination, Refused
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.tls import OldTls
from smtpwizard.model.ports import Session, TlsPolicy
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status

_REASONS: Final = ("protocol-version", "unsupported-protocol", "handshake-failure", "version-too-low", "no-protocols")
"""Parts of OpenSSL's reasons that leave it open whether the version was at fault."""


async def _run(context: Context, record: Record) -> Verdict:
    refused = context.maybe(Refused)
    connected = context.maybe(Connected)
    if refused is None and connected is not None and connected.session.encrypted:
        return Verdict(Status.PASS)
    if refused is None or not any(word in (refused.reason or "") for word in _REASONS):
        return Verdict(Status.SKIP)
    limit = context.options.timeout
    _, session = await connect(context, Destination(refused.address, refused.port), limit)
    if session is None:
        return Verdict(Status.SKIP)
    try:
        if context.account.security is Security.STARTTLS and not await _asks(context, session):
            return Verdict(Status.SKIP)
        shaken = await session.handshake(TlsPolicy(context.account.host, legacy=True), limit)
    finally:
        await session.close()
    if shaken.handshake.outcome != "done":
        return Verdict(Status.PASS)
    record(OldTls(shaken.handshake.version or "", shaken.handshake.cipher))
    return Verdict(Status.FAIL)


async def _asks(context: Context, session: Session) -> bool:
    """Come to the point where the handshake begins."""
    limit = context.options.timeout
    name = context.options.ehlo_name or session.default_ehlo_name
    return (
        (await session.greeting(limit)).ok
        and (await session.ehlo(name, limit))[0].ok
        and (await session.starttls(limit)).ok
    )


CHECK = Check(
    id="tls.legacy",
    title="server knows a version of TLS that is safe",
    stage=Stage.TLS,
    run=_run,
    after=("tls.implicit", "tls.upgrade"),
    applies=lambda account, options: account.security is not Security.NONE,
)
