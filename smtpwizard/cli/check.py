"""`smtpwizard check`: every check, no questions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import click
import msgspec

from smtpwizard.cli.accounts import Request, account_options, read_request
from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.event import AnyEvent
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status

STATUS_OF = {
    Status.PASS: ExitCode.OK,
    Status.WARN: ExitCode.OK,
    Status.SKIP: ExitCode.OK,
    Status.FAIL: ExitCode.FAILED,
    Status.ERROR: ExitCode.CANNOT_RUN,
}


@click.command()
@account_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON report.")
@click.option("--events", is_flag=True, help="Print each event as one line of JSON, as it happens.")
def check(as_json: bool, events: bool, **given: Any) -> int:
    """Test an account, from its settings to the envelope of a message.

    Nothing is sent unless --send is given, and a secret leaves this machine only over verified TLS.
    """
    knowledge = load_knowledge()
    request = read_request(knowledge, given)
    return asyncio.run(_check(knowledge, request, as_json=as_json, events=events))


async def _check(knowledge: Knowledge, request: Request, *, as_json: bool, events: bool) -> int:
    from smtpwizard.checks.catalog import all_checks
    from smtpwizard.output.documents import report_document, to_json
    from smtpwizard.output.report_text import check_line, conclusion, heading
    from smtpwizard.runner.run import make_context, run_checks
    from smtpwizard.troubleshoot.diagnose import diagnose
    from smtpwizard.wiring import real_ports

    ports = real_ports(knowledge, request.options)
    context = make_context(request.account, request.secret, request.provider, request.options, ports)
    report = Report()
    if not (as_json or events):
        click.echo(heading(request.account))
    async with aclosing(run_checks(all_checks(), context)) as stream:
        async for event in stream:
            report = report.apply(event)
            if events:
                click.echo(msgspec.json.encode(event).decode())
            elif not as_json and (line := _finished(report, event, check_line)):
                click.echo(line)
    diagnosis = diagnose(knowledge, report)
    document = report_document(knowledge, report, diagnosis)
    if as_json:
        click.echo(to_json(document))
    elif not events:
        click.echo(conclusion(document))
    return STATUS_OF[document.verdict]


def _finished(report: Report, event: AnyEvent, line: Any) -> str | None:
    from smtpwizard.model.event import CheckFinished

    return line(report.check(event.id)) if isinstance(event, CheckFinished) else None


COMMAND = check
