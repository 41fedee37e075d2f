"""`smtpwizard knowledge`: look after the data files."""

from __future__ import annotations

import click

from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.decode import DataFileError
from smtpwizard.knowledge.load import load_knowledge


@click.group()
def knowledge() -> None:
    """Look after the knowledge files."""


@knowledge.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(as_json: bool) -> int:
    """List everything that is wrong with the knowledge files."""
    from smtpwizard.audit.audit import audit as audit_all
    from smtpwizard.checks.catalog import all_checks
    from smtpwizard.model.document import AuditDocument, FaultDocument
    from smtpwizard.output.documents import to_json

    try:
        result = audit_all(load_knowledge(), all_checks())
    except DataFileError as error:
        faults = tuple(FaultDocument("format", f.file, f.entry, f.key, f.problem) for f in error.faults)
        result = AuditDocument(0, 0, 0, 0, 0, faults)
    if as_json:
        click.echo(to_json(result))
    else:
        for found in result.faults:
            place = ": ".join(part for part in (found.file, found.entry, found.key) if part)
            click.echo(f"{place}: {found.problem}")
        counts = f"{result.providers} providers, {result.causes} causes, {result.signs} signs, {result.nodes} nodes"
        click.echo(f"{counts}, {result.targets} targets: {len(result.faults)} faults", err=bool(result.faults))
    return ExitCode.FAILED if result.faults else ExitCode.OK


@knowledge.command()
@click.argument("kind", type=click.Choice(["cause", "provider"]))
@click.argument("entry_id", metavar="ID")
def new(kind: str, entry_id: str) -> int:
    """Write a skeleton that the audit complains about until it is filled."""
    from smtpwizard.knowledge.skeleton import write_skeleton

    click.echo(str(write_skeleton(kind, entry_id)))
    return ExitCode.OK


COMMAND = knowledge
