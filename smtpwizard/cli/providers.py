"""`smtpwizard providers`: who is known."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import get_args

import click
import msgspec

from smtpwizard.discover.preset import listed, near, search, unknown
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.document import ProviderDocument
from smtpwizard.model.errors import UsageError
from smtpwizard.model.provider import Provider, ProviderKind, ProviderStatus
from smtpwizard.model.text import printable

_WIDEST_NAME = 36


@click.command()
@click.argument("provider_id", required=False, metavar="[ID]")
@click.option("--filter", "words", metavar="WORDS", help="Only those whose name, domain or host contains these words.")
@click.option("--kind", type=click.Choice(get_args(ProviderKind)), help="Only those of this kind.")
@click.option("--status", type=click.Choice(get_args(ProviderStatus)), help="Only those of this status.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def providers(
    provider_id: str | None,
    words: str | None,
    kind: ProviderKind | None,
    status: ProviderStatus | None,
    as_json: bool,
) -> int:
    """List the providers that are known, or show one with its guide."""
    known = load_knowledge().providers
    if provider_id is not None:
        if words or kind or status:
            raise UsageError("An ID names one provider: --filter, --kind and --status are for the list.")
        _show(known, provider_id, as_json=as_json)
        return 0
    found = [
        provider
        for provider in (search(known, words) if words else listed(known))
        if kind in {None, provider.kind} and status in {None, provider.status}
    ]
    if as_json:
        rows = [ProviderDocument(p.id, p.name, p.kind, p.status, p.summary) for p in found]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return 0
    if not found:
        asked = " ".join(filter(None, (words and repr(printable(words, limit=60)), kind, status)))
        ids = near(known, words) if words else []
        hint = f"Near it: {', '.join(ids)}. " if ids else ""
        raise UsageError(f"No provider matches {asked}. {hint}`custom` stands for any other server.")
    from smtpwizard.output.provider_text import list_line

    id_width = max(len(provider.id) for provider in found)
    name_width = min(_WIDEST_NAME, max(len(provider.name) for provider in found))
    for provider in found:
        click.echo(list_line(provider, id_width, name_width))
    return 0


def _show(known: Mapping[str, Provider], provider_id: str, *, as_json: bool) -> None:
    provider = known.get(provider_id)
    if provider is None:
        raise UsageError(unknown(known, provider_id))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(provider), indent=2).decode())
        return
    from smtpwizard.output.provider_text import provider_page

    click.echo(provider_page(provider, datetime.datetime.now(datetime.UTC).date()))


COMMAND = providers
