"""`smtpwizard explain`: what an error means, from any program."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Final

import click

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable
from smtpwizard.troubleshoot.reading import INPUT_LIMIT

READ_LIMIT: Final = 4 * INPUT_LIMIT
"""Octets of standard input that one explanation reads."""
REPEATED: Final = 1024
"""Lines whose answers are kept: in a log, the same error stands again and again."""
REPEATED_LENGTH: Final = 2_000
"""Characters of a line whose answer may be kept."""


@click.command()
@click.argument("text", required=False)
@click.option("--provider", "provider_id", metavar="ID", help="The provider whose error it is, where that is known.")
@click.option("--batch", is_flag=True, help="Read one text a line, print one JSON object a line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(text: str | None, provider_id: str | None, batch: bool, as_json: bool) -> int:
    """Say what an error text means, why, and what to do.

    TEXT is the error as any program printed it, or - for standard input, or the id of a cause.
    """
    knowledge = load_knowledge()
    if provider_id is not None and provider_id not in knowledge.providers:
        shown = printable(provider_id, limit=60)
        raise UsageError(f"There is no provider {shown!r}. `smtpwizard providers` lists those that are known.")
    if batch:
        if text not in {None, "-"}:
            raise UsageError("--batch reads its texts from standard input; leave out the text.")
        _batch(knowledge, provider_id)
        return 0
    if text is None and sys.stdin.isatty():
        raise UsageError("Give the error text in quotation marks, or - to read it from standard input.")
    if text is None or text == "-":
        text = sys.stdin.buffer.read(READ_LIMIT).decode("utf-8", "replace").strip("\n")
    elif text in knowledge.causes and not as_json:
        from smtpwizard.output.explain_text import cause_page

        click.echo(cause_page(knowledge.causes[text]))
        return 0
    _one(knowledge, text, provider_id, as_json=as_json)
    return 0


def _one(knowledge: Knowledge, text: str, provider_id: str | None, *, as_json: bool) -> None:
    from smtpwizard.output.documents import explain_document, to_json
    from smtpwizard.troubleshoot.explain import explain as explain_text
    from smtpwizard.troubleshoot.named import account_named

    explanation = explain_text(knowledge, text, provider=provider_id)
    account = account_named(knowledge, explanation)
    document = explain_document(knowledge, explanation, account=account)
    if as_json:
        click.echo(to_json(document))
        return
    from smtpwizard.output.explain_text import explanation_text

    provider = knowledge.providers.get(document.provider or "")
    proof = knowledge.causes[document.causes[0].id].proof if document.causes else None
    click.echo(explanation_text(document, provider, proof, account))


def _batch(knowledge: Knowledge, provider_id: str | None) -> None:
    from functools import lru_cache

    import msgspec

    from smtpwizard.output.documents import explain_document
    from smtpwizard.troubleshoot.explain import explain as explain_text

    def answer(line: str) -> bytes:
        # All that is in it has been made printable when it was read.
        return msgspec.json.encode(explain_document(knowledge, explain_text(knowledge, line, provider=provider_id)))

    kept = lru_cache(maxsize=REPEATED)(answer)
    # What the collector would walk through again and again is the knowledge; the answers hold no cycles.
    gc.freeze()
    sys.stdout.flush()
    output = sys.stdout.buffer
    for line in _lines():
        output.write(kept(line) if len(line) <= REPEATED_LENGTH else answer(line))
        output.write(b"\n")
    output.flush()


def _lines() -> Iterator[str]:
    """The lines of standard input, each cut at `READ_LIMIT`, whatever bytes they hold."""
    source = sys.stdin.buffer
    while raw := source.readline(READ_LIMIT):
        if not raw.endswith(b"\n") and len(raw) == READ_LIMIT:
            while (rest := source.readline(READ_LIMIT)) and not rest.endswith(b"\n"):
                pass
        yield raw.decode("utf-8", "replace").rstrip("\r\n")


COMMAND = explain
