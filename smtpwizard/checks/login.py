"""Whether the server takes the credentials. One attempt, one mechanism; after a refusal nothing retries by itself."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.products import Connected, Credentials, Introduced
from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.dialogue import AuthAttempt
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.stage import Stage, Status

PREFERENCE: Final = (
    Mechanism.PLAIN,
    Mechanism.LOGIN,
    Mechanism.SCRAM_SHA_256,
    Mechanism.CRAM_MD5,
    Mechanism.SCRAM_SHA_1,
)
"""Password mechanisms. Over TLS the plainest one is what programs use, and so what has to be proven."""


async def _run(context: Context, record: Record) -> Verdict:
    session = context.given(Connected).session
    extensions = context.given(Introduced).extensions
    offered = extensions.auth
    if not offered and context.account.mechanism is None:
        needs_tls = not session.encrypted and extensions.starttls
        record(AuthAttempt("needs-tls" if needs_tls else "not-offered", None, offered, 0))
        return Verdict(Status.FAIL)
    secret = _secret(context)
    if secret is None or context.account.username is None:
        record(AuthAttempt("no-credentials", None, offered, 0))
        return Verdict(Status.FAIL)
    mechanism = choose(context.account, context.provider, offered)
    if mechanism is None:
        record(AuthAttempt("mechanism-unsupported", context.account.mechanism, offered, 0))
        return Verdict(Status.FAIL)
    try:
        heard = await session.auth(mechanism, context.account.username, secret, context.options.timeout)
    except PermissionError:
        record(AuthAttempt("cleartext-refused", mechanism, offered, 0))
        return Verdict(Status.FAIL)
    for evidence in heard.evidence:
        record(evidence)
    return Verdict(heard.status)


def _secret(context: Context) -> Secret | None:
    stored = context.maybe(Credentials)
    return context.secret if stored is None else stored.secret


def choose(account: Account, provider: Provider | None, offered: tuple[str, ...]) -> Mechanism | None:
    """The one mechanism to use: the account's own, else the provider's first, else the plainest that is offered."""
    if account.mechanism is not None:
        try:
            return Mechanism(account.mechanism.upper())
        except ValueError:
            return None
    usable = [mechanism for mechanism in PREFERENCE if mechanism in offered]
    if provider is not None:
        if provider.secret.kind.startswith("oauth2") and provider.status == "password-ended":
            usable = [*(m for m in (Mechanism.XOAUTH2, Mechanism.OAUTHBEARER) if m in offered), *usable]
        preferred = [mechanism for mechanism in usable if mechanism in provider.mechanisms]
        usable = preferred or usable
    return usable[0] if usable else None


CHECK = Check(
    id="auth.login",
    title="server takes user name and secret",
    stage=Stage.AUTH,
    run=_run,
    needs=("vault.secret", "ehlo.extensions", "ehlo.encrypted"),
    applies=lambda account, options: account.username is not None,
)
