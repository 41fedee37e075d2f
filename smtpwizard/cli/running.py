"""Runs the checks for `check`: one account with its report, or many with a report each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing

import click

from smtpwizard.checks.catalog import all_checks
from smtpwizard.cli.accounts import Request
from smtpwizard.cli.saved import note_test, of_profile
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.errors import UsageError
from smtpwizard.model.event import AnyEvent, CheckFinished, EvidenceRecorded, RunStarted
from smtpwizard.model.evidence.connect import ThirdParty
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.output.documents import to_json
from smtpwizard.output.evidence.every import describe
from smtpwizard.output.report_document import report_document
from smtpwizard.output.report_text import check_line, conclusion, heading
from smtpwizard.runner.run import make_context, run_checks
from smtpwizard.troubleshoot.diagnose import diagnose
from smtpwizard.wiring import real_ports


async def run_one(knowledge: Knowledge, request: Request, *, as_json: bool, events: bool) -> ReportDocument:
    """Test one account, printing as asked.

    Raises:
        UsageError: the options cannot be used, or leave nothing to test.
    """
    show = _print_event if events else _name_third_party if as_json else _print_line

    def on_event(event: AnyEvent, report: Report) -> None:
        if isinstance(event, RunStarted):
            _see_that_applies(event, request)
        show(event, report)

    document = await run(knowledge, request, on_event)
    if as_json:
        click.echo(to_json(document))
    elif not events:
        click.echo(conclusion(document))
    return document


async def run_many(
    knowledge: Knowledge, requests: Iterable[Request], jobs: int, finished: Callable[[ReportDocument], None]
) -> None:
    """Test several accounts, at most `jobs` at once, and hand over each report as it ends.

    The next account is read when there is room for it, in a thread: that may take a command that prints a token.

    Raises:
        UsageError: the options cannot be used, or an account cannot be read. Those before it have been tested.
    """
    fault: UsageError | OSError | None = None
    room = asyncio.Semaphore(jobs)
    waiting = iter(requests)

    async def work(request: Request) -> None:
        try:
            document = await run(knowledge, request, _name_third_party)
        finally:
            room.release()
        finished(document)

    try:
        async with asyncio.TaskGroup() as group:
            while True:
                await room.acquire()
                try:
                    request = await asyncio.to_thread(next, waiting, None)
                except UsageError as error:
                    fault = error
                    break
                if request is None:
                    break
                group.create_task(work(request))
    except* UsageError as refused:
        # What is wrong with the options is wrong for every account.
        fault = UsageError(str(refused.exceptions[0]))
    except* OSError as gone:
        fault = _first(gone)
    if fault is not None:
        raise fault


async def run(knowledge: Knowledge, request: Request, on_event: Callable[[AnyEvent, Report], None]) -> ReportDocument:
    """Test one account, and remember the result with its profile.

    `on_event` is called with each event, and the report as it stands after it.

    Raises:
        UsageError: the options cannot be used.
    """
    ports = real_ports(knowledge, request.options)
    context = make_context(request.account, request.secret, request.provider, request.options, ports, knowledge.hosts)
    report = Report()
    async with aclosing(run_checks(all_checks(), context)) as stream:
        async for event in stream:
            report = report.apply(event)
            on_event(event, report)
    document = of_profile(request, report_document(knowledge, report, diagnose(knowledge, report)))
    # It may have to wait until another program leaves the folder.
    await asyncio.to_thread(note_test, request, document)
    return document


def _see_that_applies(started: RunStarted, request: Request) -> None:
    planned = {name for check in started.plan for name in (check.id, check.stage)}
    if idle := [name for name in request.options.only if name not in planned]:
        raise UsageError(
            f"There is nothing to test by --only {', '.join(idle)} with this account as it is given. Without a user "
            "name nothing logs in, and the envelope of a message needs --from and --to."
        )
    if not started.plan:
        raise UsageError("There is nothing to test: --skip leaves every check out.")


def _print_event(event: AnyEvent, _: Report) -> None:
    click.echo(to_json(event, indent=0))


def _print_line(event: AnyEvent, report: Report) -> None:
    _name_third_party(event, report)
    if isinstance(event, RunStarted):
        click.echo(heading(event.account))
    elif isinstance(event, CheckFinished) and event.status is not Status.SKIP:
        click.echo(check_line(report.check(event.id)))


def _name_third_party(event: AnyEvent, _: Report) -> None:
    """Say who is about to be contacted, before the first packet goes out and whatever is printed in the end."""
    if isinstance(event, EvidenceRecorded) and isinstance(event.evidence, ThirdParty):
        said = describe(event.evidence)
        click.echo(f"{said[0].upper()}{said[1:]}.", err=True)


def _first(group: BaseExceptionGroup[OSError]) -> OSError:
    """One of the errors: nobody reads our output any more."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, OSError) else OSError(str(error))
