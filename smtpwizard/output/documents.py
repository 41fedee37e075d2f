"""Puts explanations and causes into the shape of their JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.cause import Finding
from smtpwizard.model.document import CauseDocument, ExplainDocument, RemedyDocument
from smtpwizard.output.remedies import fill, remedies_for
from smtpwizard.troubleshoot.explain import Explanation

if TYPE_CHECKING:
    from smtpwizard.model.evidence.every import AnyEvidence


def explain_document(
    knowledge: Knowledge, explanation: Explanation, *, account: Account | None = None
) -> ExplainDocument:
    """An explained text. Credentials in it are hidden; `account`, where it is known, is filled into the commands."""
    return ExplainDocument(
        input=explanation.reading.text,
        replies=explanation.reading.replies,
        provider=explanation.provider,
        stage=explanation.stage,
        causes=cause_documents(
            knowledge, explanation.findings, provider=explanation.provider, tools=explanation.tools, account=account
        ),
    )


def cause_documents(
    knowledge: Knowledge,
    findings: Iterable[Finding],
    *,
    provider: str | None,
    account: Account | None,
    tools: tuple[str, ...] = (),
    evidence: Sequence[AnyEvidence] = (),
) -> tuple[CauseDocument, ...]:
    """Findings with what is known of their causes."""
    documents = []
    for finding in findings:
        cause = knowledge.causes[finding.cause]
        remedies = (
            _general(knowledge, cause.id, provider, finding.remedies, tools)
            if account is None
            else _filled(knowledge, cause.id, provider, finding.remedies, tools, account, evidence)
        )
        documents.append(
            CauseDocument(
                id=finding.cause,
                title=cause.title,
                stage=finding.stage,
                confidence=finding.confidence,
                temporary=cause.temporary,
                because=finding.because,
                remedies=remedies,
                explanation=cause.explanation,
                sure=cause.sure,
                decided_by=cause.needs_live,
                floor=finding.floor,
            )
        )
    return tuple(documents)


def _filled(
    knowledge: Knowledge,
    cause_id: str,
    provider: str | None,
    named: tuple[str, ...],
    tools: tuple[str, ...],
    account: Account | None = None,
    evidence: Sequence[AnyEvidence] = (),
) -> tuple[RemedyDocument, ...]:
    printed_by = [knowledge.tools[tool] for tool in tools]
    remedies = remedies_for(knowledge.causes[cause_id], provider, evidence, named)
    return tuple(
        RemedyDocument(remedy.text, remedy.commands, remedy.links, remedy.action, remedy.steps)
        for remedy in (fill(remedy, account, printed_by) for remedy in remedies)
    )


_general = lru_cache(maxsize=1024)(_filled)
"""Remedies for nobody in particular, which `explain --batch` needs again and again."""


def to_json(document: msgspec.Struct, *, indent: int = 2) -> str:
    """A document as JSON text; `indent` 0 puts it on one line.

    Whatever a terminal would obey, or standard output cannot encode, stands in it escaped.
    """
    text = msgspec.json.encode(document).decode()
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    if not text.isprintable() or (encoding not in {"utf-8", "utf8"} and not text.isascii()):
        text = _escaped(text, encoding)
    return msgspec.json.format(text, indent=indent) if indent else text


def _escaped(text: str, encoding: str) -> str:
    import json

    def fits(character: str) -> bool:
        return character.isprintable() and character.encode(encoding, "ignore") != b""

    return "".join(c if fits(c) else json.dumps(c)[1:-1] for c in text)
