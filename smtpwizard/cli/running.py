"""Runs the checks for `check`: one account with its report, or many with a line each."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from smtpwizard.checks.catalog import all_checks
from smtpwizard.cli.accounts import Request, read_request
from smtpwizard.cli.saved import note_test, of_profile
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.errors import SmtpWizardError, UsageError
from smtpwizard.model.event import AnyEvent, CheckFinished, EvidenceRecorded, RunStarted
from smtpwizard.model.evidence import ThirdParty
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status, worst
from smtpwizard.output.documents import to_json
from smtpwizard.output.report_document import report_document
from smtpwizard.output.report_text import check_line, conclusion, document_text, heading
from smtpwizard.output.words import describe
from smtpwizard.runner.run import make_context, run_checks
from smtpwizard.troubleshoot.diagnose import diagnose
from smtpwizard.wiring import real_ports

LINE_LIMIT: Final = 64 * 1024
"""Octets of one line of an accounts file."""


class AccountLine(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from", "recipient": "to"}
):
    """One line of an accounts file: the names of the JSON report, and where the secret comes from."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    provider: str | None = None
    username: str | None = None
    mechanism: str | None = None
    sender: str | None = None
    recipient: str | None = None
    env: str | None = None
    password_env: str | None = None
    token_command: str | None = None


async def run_one(knowledge: Knowledge, request: Request, *, as_json: bool, events: bool) -> ReportDocument:
    """Test one account, printing as asked."""
    report = Report()
    ports = real_ports(knowledge, request.options)
    context = make_context(request.account, request.secret, request.provider, request.options, ports, knowledge.hosts)
    async with aclosing(run_checks(all_checks(), context)) as stream:
        async for event in stream:
            report = report.apply(event)
            if not events:
                _name_third_party(event)
            if events:
                click.echo(to_json(event, indent=0))
            elif as_json:
                continue
            elif isinstance(event, RunStarted):
                click.echo(heading(event.account))
            elif isinstance(event, CheckFinished) and event.status is not Status.SKIP:
                click.echo(check_line(report.check(event.id)))
    document = of_profile(request, report_document(knowledge, report, diagnose(knowledge, report)))
    note_test(request, document)
    if as_json:
        click.echo(to_json(document))
    elif not events:
        click.echo(conclusion(document))
    return document


async def run_many(knowledge: Knowledge, path: Path, given: dict[str, Any], jobs: int) -> Status:
    """Test every account of a file, at most `jobs` at once, and print one report a line as they end.

    Raises:
        UsageError: the file cannot be read, or a line of it is no account. Lines before it have been tested.
    """
    verdicts: set[Status] = set()
    fault: UsageError | OSError | None = None
    room = asyncio.Semaphore(jobs)

    async def work(request: Request) -> None:
        try:
            document = await _silently(knowledge, request)
        finally:
            room.release()
        verdicts.add(document.verdict)
        click.echo(to_json(document, indent=0))

    try:
        with closing(_lines(path)) as lines:
            async with asyncio.TaskGroup() as group:
                for number, line in enumerate(lines, 1):
                    try:
                        request = _request(knowledge, given, line, f"{path} line {number}")
                    except UsageError as error:
                        fault = error
                        break
                    await room.acquire()
                    group.create_task(work(request))
    except* UsageError as refused:
        # What is wrong with the options is wrong for every account.
        fault = UsageError(str(refused.exceptions[0]))
    except* OSError as gone:
        fault = _first(gone)
    if fault is not None:
        raise fault
    return worst(list(verdicts))


async def run_profiles(
    knowledge: Knowledge, requests: list[Request], jobs: int, *, as_json: bool
) -> list[ReportDocument]:
    """Test several accounts, at most `jobs` at once, and print each report as it ends: as one line, or as text.

    Raises:
        UsageError: the options cannot be used.
    """
    documents: list[ReportDocument] = []
    fault: UsageError | OSError | None = None
    room = asyncio.Semaphore(jobs)

    async def work(request: Request) -> None:
        async with room:
            document = await _silently(knowledge, request)
        click.echo(to_json(document, indent=0) if as_json else document_text(document))
        documents.append(document)

    try:
        async with asyncio.TaskGroup() as group:
            for request in requests:
                group.create_task(work(request))
    except* UsageError as refused:
        # What is wrong with the options is wrong for every account.
        fault = UsageError(str(refused.exceptions[0]))
    except* OSError as gone:
        fault = _first(gone)
    if fault is not None:
        raise fault
    return documents


def _first(group: BaseExceptionGroup[OSError]) -> OSError:
    """One of the errors: nobody reads our output any more."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, OSError) else OSError(str(error))


async def _silently(knowledge: Knowledge, request: Request) -> ReportDocument:
    ports = real_ports(knowledge, request.options)
    context = make_context(request.account, request.secret, request.provider, request.options, ports, knowledge.hosts)
    report = Report()
    async with aclosing(run_checks(all_checks(), context)) as stream:
        async for event in stream:
            report = report.apply(event)
            _name_third_party(event)
    document = of_profile(request, report_document(knowledge, report, diagnose(knowledge, report)))
    note_test(request, document)
    return document


def _name_third_party(event: AnyEvent) -> None:
    """Say who is about to be contacted, before the first packet goes out and whatever is printed in the end."""
    if isinstance(event, EvidenceRecorded) and isinstance(event.evidence, ThirdParty):
        said = describe(event.evidence)
        click.echo(f"{said[0].upper()}{said[1:]}.", err=True)


def _lines(path: Path) -> Generator[bytes, None, None]:
    """The lines of a file that is opened at once and read as it is needed."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error

    def read() -> Generator[bytes, None, None]:
        with file:
            while line := file.readline(LINE_LIMIT):
                if line.strip():
                    yield line

    return read()


def _request(knowledge: Knowledge, given: dict[str, Any], line: bytes, where: str) -> Request:
    try:
        account = msgspec.json.decode(line, type=AccountLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{where}: {error}") from error
    changes = {
        "env_file": Path(account.env) if account.env is not None else None,
        "provider_id": account.provider,
        "host": account.host,
        "port": account.port,
        "security": account.security,
        "username": account.username,
        "mechanism": account.mechanism,
        "sender": account.sender,
        "recipient": account.recipient,
        "password_env": account.password_env,
        "token_command": account.token_command,
    }
    merged = given | {key: value for key, value in changes.items() if value is not None} | {"no_input": True}
    try:
        return read_request(knowledge, merged)
    except SmtpWizardError as error:
        raise UsageError(f"{where}: {error}") from error
