"""`smtpwizard check`: every check, no questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from smtpwizard.cli.accounts import account_options, read_request
from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status, worst

STATUS_OF = {
    Status.PASS: ExitCode.OK,
    Status.WARN: ExitCode.OK,
    Status.SKIP: ExitCode.OK,
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

    from smtpwizard.cli.running import run_many, run_one, run_profiles
    from smtpwizard.cli.saved import read_requests

    if as_json and events:
        raise UsageError("Choose --json or --events, not both.")
    knowledge = load_knowledge()
    if accounts is not None:
        if events or junit is not None:
            raise UsageError("--accounts prints one report a line; --events and --junit are for one account.")
        if given["profiles"]:
            raise UsageError("Choose --accounts or --profile, not both.")
        return STATUS_OF[asyncio.run(run_many(knowledge, accounts, given, jobs))]
    if len(set(given["profiles"])) > 1:
        if events:
            raise UsageError("--events is for one account, and several profiles are named.")
        requests = read_requests(knowledge, given)
        documents = asyncio.run(run_profiles(knowledge, requests, jobs, as_json=as_json))
        if junit is not None:
            _write_junit(junit, documents)
        return STATUS_OF[worst([document.verdict for document in documents])]
    request = read_request(knowledge, given)
    document = asyncio.run(run_one(knowledge, request, as_json=as_json, events=events))
    if junit is not None:
        _write_junit(junit, [document])
    return STATUS_OF[document.verdict]


def _write_junit(path: Path, documents: list[ReportDocument]) -> None:
    from smtpwizard.output.junit import junit

    try:
        path.write_bytes(junit(documents))
    except OSError as error:
        raise CannotRunError(f"{path} cannot be written: {error.strerror}.") from error


COMMAND = check
