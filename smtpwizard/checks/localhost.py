"""Whether `localhost` is where the mail server is: inside a container it is the container itself."""

from __future__ import annotations

from smtpwizard.checks.lint import is_local
from smtpwizard.checks.products import Attempts, Connected, Enclosed
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.machine import Surrounding
from smtpwizard.model.stage import Stage, Status


async def _run(context: Context, record: Record) -> Verdict:
    if context.maybe(Connected) is not None:
        return Verdict(Status.PASS)
    attempts, enclosed = context.maybe(Attempts), context.maybe(Enclosed)
    if attempts is None:
        return Verdict(Status.SKIP)
    if enclosed is None or enclosed.by.aspect not in {"container", "wsl"}:
        return Verdict(Status.PASS)
    record(Surrounding("localhost-in-container", enclosed.by.names))
    return Verdict(Status.WARN)


CHECK = Check(
    id="environment.localhost",
    title="localhost is the machine that is meant",
    stage=Stage.ENVIRONMENT,
    run=_run,
    after=("environment.machine", "connect.open"),
    applies=lambda account, options: is_local(account.host),
)
