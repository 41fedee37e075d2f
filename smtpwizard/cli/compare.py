"""`smtpwizard compare`: what differs between two reports."""

from __future__ import annotations

import os
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
LABEL_LIMIT: Final = 60
"""Characters by which a file is called."""


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
        one_label, other_label = labels(one, other)
        click.echo(wrapped(paint(result.meaning, bold=True)))
        for difference in result.differences:
            click.echo(f"\n{printable(difference.what)}")
            click.echo(wrapped(printable(difference.one), "         ", f"  {one_label}: "))
            click.echo(wrapped(printable(difference.other), "         ", f"  {other_label}: "))
    return ExitCode.OK if result.same else ExitCode.FAILED


def labels(one: Path, other: Path) -> tuple[str, str]:
    """What to call two files: by name, and by as many folders as it takes to tell them apart."""
    parts = Path(os.path.abspath(one)).parts, Path(os.path.abspath(other)).parts
    alike = 0
    while alike < min(map(len, parts)) - 1 and parts[0][-1 - alike :] == parts[1][-1 - alike :]:
        alike += 1
    first, second = (printable("/".join(part[-1 - alike :]), limit=LABEL_LIMIT) for part in parts)
    return first, second


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
