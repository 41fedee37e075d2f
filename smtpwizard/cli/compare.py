"""`smtpwizard compare`: what differs between two reports."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from smtpwizard.cli.main import ExitCode
from smtpwizard.model.errors import UsageError
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.text import printable

REPORT_LIMIT: Final = 32 * 1024 * 1024
"""Octets of a report file."""


@click.command()
@click.argument("one", type=click.Path(path_type=Path))
@click.argument("other", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(one: Path, other: Path, as_json: bool) -> int:
    """Tell what differs between two reports of `check --json`, and what that means.

    The exit status is 1 where they differ.
    """
    from smtpwizard.output.compare import compare as compare_reports
    from smtpwizard.output.documents import to_json
    from smtpwizard.output.style import paint, wrapped

    result = compare_reports(read_report(one), read_report(other))
    if as_json:
        click.echo(to_json(result))
    else:
        click.echo(wrapped(paint(result.meaning, bold=True)))
        for difference in result.differences:
            click.echo(f"\n{printable(difference.what)}")
            click.echo(wrapped(printable(difference.one), "         ", f"  {printable(one.name, limit=20)}: "))
            click.echo(wrapped(printable(difference.other), "         ", f"  {printable(other.name, limit=20)}: "))
    return ExitCode.OK if result.same else ExitCode.FAILED


def read_report(path: Path) -> ReportDocument:
    """Read a report.

    Raises:
        UsageError: the file cannot be read, or holds no report.
    """
    try:
        if path.stat().st_size > REPORT_LIMIT:
            raise UsageError(f"{path} is too large for a report.")
        return msgspec.json.decode(path.read_bytes(), type=ReportDocument)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path} holds no report of `smtpwizard check --json`.") from error


COMMAND = compare
