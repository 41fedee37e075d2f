"""Whether the keyring gives the secret back."""

from __future__ import annotations

from smtpwizard.checks.products import Credentials
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    name = context.options.vault_name
    if name is None:
        return Verdict(Status.SKIP)
    facts, secret = await context.ports.vault.load(name)
    if secret is None and facts.outcome == "usable":
        # It was put there, and read back then.
        facts = Keyring(facts.backend, "loses", "it has nothing under this name")
    record(facts)
    if secret is None:
        return Verdict(Status.FAIL if context.secret is None else Status.WARN)
    if context.secret is not None and context.secret != secret:
        return Verdict(Status.WARN)
    return Verdict(Status.PASS, (Credentials(secret),))


CHECK = Check(
    id="vault.secret",
    title="keyring gives the secret back",
    stage=Stage.VAULT,
    run=_run,
    timeout=25.0,
    applies=lambda account, options: options.vault_name is not None,
)
