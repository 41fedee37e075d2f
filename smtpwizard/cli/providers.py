"""`smtpwizard providers`: who is known."""

from __future__ import annotations

import click
import msgspec

from smtpwizard.discover.preset import listed, search
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.document import ProviderDocument
from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable


@click.command()
@click.argument("provider_id", required=False, metavar="[ID]")
@click.option("--filter", "text", metavar="WORDS", help="Only those whose name, domain or host contains these words.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def providers(provider_id: str | None, text: str | None, as_json: bool) -> int:
    """List the providers that are known, or show one with its guide."""
    knowledge = load_knowledge()
    if provider_id is not None:
        provider = knowledge.providers.get(provider_id)
        if provider is None:
            near = [found.id for found in search(knowledge.providers, provider_id)[:5]]
            if not near:
                import difflib

                near = difflib.get_close_matches(provider_id[:60].casefold(), knowledge.providers, 3)
            hint = f" Near it: {', '.join(near)}." if near else " `smtpwizard providers` lists all."
            raise UsageError(f"There is no provider {printable(provider_id, limit=60)!r}.{hint}")
        if as_json:
            click.echo(msgspec.json.format(msgspec.json.encode(provider), indent=2).decode())
        else:
            from smtpwizard.output.explain_text import provider_page

            click.echo(provider_page(provider))
        return 0
    found = search(knowledge.providers, text) if text else listed(knowledge.providers)
    if as_json:
        rows = [ProviderDocument(p.id, p.name, p.kind, p.status, p.summary) for p in found]
        click.echo(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return 0
    from smtpwizard.output.explain_text import PROVIDER_STATUS
    from smtpwizard.output.style import paint

    widest = max((len(p.id) for p in found), default=0)
    for p in found:
        click.echo(f"{p.id:<{widest}}  {paint(p.name, bold=True)}  {paint(PROVIDER_STATUS[p.status], dim=True)}")
    if not found:
        raise UsageError(
            f"No provider matches {printable(text or '', limit=60)!r}. `custom` stands for any other server."
        )
    return 0


COMMAND = providers
