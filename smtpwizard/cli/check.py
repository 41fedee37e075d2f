"""`smtpwizard check`: every check, no questions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from smtpwizard.cli.accounts import Request, account_options, read_request
from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status, worst

STATUS_OF = {
    Status.PASS: ExitCode.OK,
    Status.WARN: ExitCode.OK,
    Status.FAIL: ExitCode.FAILED,
    Status.ERROR: ExitCode.CANNOT_RUN,
}


@click.command()
@account_options
@click.option("--accounts", type=click.Path(path_type=Path), metavar="FILE", help="Test each account of this file.")
@click.option("--jobs", type=click.IntRange(1, 200), default=8, show_default=True, help="Accounts tested at once.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON report.")
@click.option("--events", is_flag=True, help="Print each event as one line of JSON, as it happens.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write the result as JUnit XML too.")
def check(accounts: Path | None, jobs: int, as_json: bool, events: bool, junit: Path | None, **given: Any) -> int:
    """Test an account, from its settings to the envelope of a message.

    Nothing is sent unless --send is given, and a secret leaves this machine only over verified TLS. A file of
    --accounts holds one JSON object a line, with host, port, security, username, from, to, and password_env or
    token_command. --profile may be repeated: with --json, each report is one line then.
    """
    import asyncio

    from smtpwizard.cli.running import run_many, run_one
    from smtpwizard.output.documents import to_json
    from smtpwizard.output.report_text import document_text

    if as_json and events:
        raise UsageError("Choose --json or --events, not both.")
    knowledge = load_knowledge()
    requests = _several(knowledge, accounts, given, events=events, junit=junit is not None)
    if requests is None:
        documents = [asyncio.run(run_one(knowledge, read_request(knowledge, given), as_json=as_json, events=events))]
        verdicts = {documents[0].verdict}
    else:
        # The reports of a long file are not kept.
        documents, verdicts = [], set()

        def finished(document: ReportDocument) -> None:
            verdicts.add(document.verdict)
            if junit is not None:
                documents.append(document)
            as_line = as_json or accounts is not None
            click.echo(to_json(document, indent=0) if as_line else document_text(document))

        asyncio.run(run_many(knowledge, requests, jobs, finished))
    if junit is not None:
        _write_junit(junit, documents)
    return STATUS_OF[worst(verdicts)]


def _several(
    knowledge: Knowledge, accounts: Path | None, given: dict[str, Any], *, events: bool, junit: bool
) -> Iterable[Request] | None:
    """What is asked for each of several accounts; None where there is one.

    Raises:
        UsageError: an option cannot be for several.
    """
    from smtpwizard.cli.account_file import read_accounts
    from smtpwizard.cli.saved import read_requests

    if accounts is not None:
        if events or junit:
            raise UsageError("--accounts prints one report a line; --events and --junit are for one account.")
        if given["profiles"]:
            raise UsageError("Choose --accounts or --profile, not both.")
        if given["password_stdin"]:
            raise UsageError("--password-stdin is for one account. Each line of --accounts says where its secret is.")
        return read_accounts(knowledge, accounts, given)
    if len(set(given["profiles"])) > 1:
        if events:
            raise UsageError("--events is for one account, and several profiles are named.")
        return read_requests(knowledge, given)
    return None


def _write_junit(path: Path, documents: list[ReportDocument]) -> None:
    from smtpwizard.output.junit import junit

    try:
        path.write_bytes(junit(documents))
    except OSError as error:
        raise CannotRunError(f"{path} cannot be written: {error.strerror}.") from error


COMMAND = check
