"""`smtpwizard schema`: the JSON Schema of what commands print."""

from __future__ import annotations

import click
import msgspec

from smtpwizard.model import document
from smtpwizard.model.event import AnyEvent
from smtpwizard.model.report_document import ReportDocument

SCHEMAS = {
    "report": ReportDocument,
    "explain": document.ExplainDocument,
    "compare": document.CompareDocument,
    "audit": document.AuditDocument,
    "profile": document.ProfileDocument,
    "provider": document.ProviderDocument,
    "scenario": document.ScenarioDocument,
    "practice": document.ServedDocument,
    "events": AnyEvent,
}


@click.command()
@click.argument("name", type=click.Choice(sorted(SCHEMAS)))
def schema(name: str) -> int:
    """Print the JSON Schema of one kind of output."""
    encoded = msgspec.json.encode(msgspec.json.schema(SCHEMAS[name]))
    click.echo(msgspec.json.format(encoded, indent=2).decode())
    return 0


COMMAND = schema
