"""The runs of the wizard: who is tested, with what, and how far."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.check import Options
from smtpwizard.model.event import AnyEvent
from smtpwizard.model.evidence.answers import Probed
from smtpwizard.model.provider import Provider
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Status
from smtpwizard.model.tree import Probe
from smtpwizard.runner.run import make_context, run_checks
from smtpwizard.wizard.account import account_of, vault_name
from smtpwizard.wizard.state import Keeping, Progress
from smtpwizard.wizard.surroundings import Surroundings

LOGIN = "auth.login"
ENVELOPE = "rcpt.recipient"
MESSAGE = "data.message"
SENDER = "mail.sender"


@dataclass(frozen=True, slots=True)
class Run:
    """What is run."""

    account: Account
    secret: Secret | None
    provider: Provider | None
    options: Options


def whole_run(progress: Progress) -> Run:
    """Every check up to the sender."""
    account = account_of(progress)
    kept = progress.keeping is Keeping.KEYRING and progress.keyring is not None
    options = replace(progress.options or Options(), vault_name=vault_name(account) if kept else None)
    return Run(msgspec.structs.replace(account, recipient=None), progress.secret, progress.provider, options)


def proof_run(progress: Progress, *, send: bool) -> Run:
    """The envelope as a dry run, or a real message."""
    options = replace(progress.options or Options(), send=send, only=(MESSAGE if send else ENVELOPE,))
    return Run(account_of(progress), progress.secret, progress.provider, options)


def file_run(progress: Progress, account: Account, secret: Secret | None) -> Run:
    """A log-in with what a written file says."""
    only = (LOGIN,) if account.username is not None else (SENDER,)
    if account.username is None and account.sender is None:
        account = msgspec.structs.replace(account, sender=account_of(progress).sender)
    return Run(account, secret, progress.provider, replace(progress.options or Options(), only=only))


def probe_run(progress: Progress, probe: Probe) -> Run:
    """One check with the settings of a probe. It takes no secret along."""
    account = account_of(progress)
    changes = {"port": probe.port, "security": probe.security}
    changed = msgspec.structs.replace(account, **{key: value for key, value in changes.items() if value is not None})
    options = replace(progress.options or Options(), only=(probe.check,))
    return Run(changed, None, progress.provider, options)


def probed(run: Run, probe: Probe, report: Report) -> Probed:
    """What a probe saw, as evidence."""
    status = next((result.status for result in report.checks if result.id == probe.check), None)
    facts = tuple(dict.fromkeys(item.fact for _, item in report.evidence() if item.fact is not None))
    return Probed(probe.id, run.account.endpoint, status or Status.FAIL, facts)


def start(surroundings: Surroundings, run: Run) -> AsyncGenerator[AnyEvent, None]:
    """Run it. Hold the result with `aclosing`: closing it cancels everything.

    Raises:
        UsageError: the options cannot be used.
    """
    ports, hosts = surroundings.ports(run.options), surroundings.knowledge.hosts
    context = make_context(run.account, run.secret, run.provider, run.options, ports, hosts)
    return run_checks(surroundings.checks(), context)
