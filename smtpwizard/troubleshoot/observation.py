"""One form for everything signs can look at, whether a check saw it or a person pasted it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from smtpwizard.knowledge.index import PhraseIndex, SignIndex
from smtpwizard.knowledge.phrase import compile_phrase, normalise, words_of
from smtpwizard.model.evidence import AnyEvidence, Disconnected, Handshake, ReplyReceived, SecretShape, Wording
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Stage, Status
from smtpwizard.troubleshoot.reading import Reading


class Observation(msgspec.Struct, frozen=True):
    """What can be said of one thing that was seen."""

    stage: Stage | None = None
    codes: tuple[int, ...] = ()
    enhanced: tuple[str, ...] = ()
    text: str = ""
    """Normalised."""
    shown: str = ""
    """As it came, for quoting."""
    provider: str | None = None
    tools: tuple[str, ...] = ()
    errno: str | None = None
    fact: str | None = None
    check: str | None = None
    status: Status | None = None


def observe_report(report: Report, provider: str | None) -> list[Observation]:
    """What the checks that failed, warned or were stopped saw. A check that passed gives nothing away."""
    seen: list[Observation] = []
    for result in report.checks:
        if result.status not in {Status.FAIL, Status.WARN}:
            # The shape of the secret also speaks when it is right: then it is the right kind, and not its content.
            seen.extend(
                Observation(stage=result.stage, provider=provider, fact=item.fact)
                for item in result.evidence
                if isinstance(item, SecretShape)
            )
            continue
        base = Observation(stage=result.stage, provider=provider, check=result.id, status=result.status)
        seen.append(base)
        seen.extend(
            _observe(evidence, base)
            for evidence in result.evidence
            if not (isinstance(evidence, ReplyReceived) and (evidence.code < 400 or evidence.command == "*"))
        )
    return seen


def observe_evidence(evidence: Iterable[AnyEvidence], provider: str | None) -> list[Observation]:
    """Facts that stand for themselves, such as the answers of a person."""
    return [_observe(item, Observation(provider=provider)) for item in evidence]


def observe_reading(reading: Reading, index: SignIndex, *, provider: str | None, stage: Stage | None) -> Observation:
    """A pasted text."""
    text = normalise(reading.told)
    if reading.joined is not reading.told:
        joined = normalise(reading.joined)
        if joined != text:
            text = f"{text} \n {joined}"
    words = words_of(text)
    if provider is None:
        provider = recognise_provider(index, text, words)
    return Observation(
        stage=stage or reading.stage,
        codes=reading.codes,
        enhanced=reading.enhanced,
        text=text,
        shown=reading.text,
        provider=provider,
        tools=tuple(sorted({index.tool_ids[passage.owner] for passage in matches(index.tools, text, words)})),
    )


def recognise_provider(index: SignIndex, text: str, words: set[str]) -> str | None:
    """The provider whose hosts or words a text contains: the longest of them decides, then how used it is."""
    found = matches(index.providers, text, words)
    longest = min(found, key=lambda passage: (-passage.letters, passage.owner), default=None)
    return index.provider_ids[longest.owner] if longest is not None else None


class Passage(NamedTuple):
    """A part of a text that a phrase names."""

    owner: int
    """What the phrase belongs to, by its number in the index."""
    letters: int
    """How much of it the phrase spells out."""
    start: int
    end: int


def matches(index: PhraseIndex, text: str, words: set[str]) -> list[Passage]:
    """What the phrases of an index find in a normalised text: for each its first passage."""
    phrases, by_word = index.phrases, index.by_word
    candidates = [phrases[position] for word in words & by_word.keys() for position in by_word[word]]
    candidates += [phrases[position] for part, position in index.anywhere if part in text]
    found: list[Passage] = []
    for phrase, also, letters, owner in candidates:
        if not also or also in words:
            span = compile_phrase(phrase).span(text)
            if span is not None:
                found.append(Passage(owner, letters, *span))
    return found


def _observe(evidence: AnyEvidence, base: Observation) -> Observation:
    changes: dict[str, object] = {"fact": evidence.fact}
    if evidence.at_stage is not None:
        changes["stage"] = evidence.at_stage
    match evidence:
        case ReplyReceived():
            text = " ".join(evidence.lines)
            changes |= {
                "codes": (evidence.code,),
                "enhanced": (evidence.enhanced,) if evidence.enhanced else (),
                "text": normalise(text),
                "shown": str(evidence.reply),
            }
        case Wording():
            changes |= {"text": normalise(evidence.text), "shown": evidence.text, "errno": evidence.errno}
        case Disconnected() | Handshake():
            changes |= {
                "text": normalise(evidence.detail or ""),
                "shown": evidence.detail or "",
                "errno": getattr(evidence, "errno", None),
            }
        case _:
            changes["errno"] = getattr(evidence, "errno", None)
    return msgspec.structs.replace(base, **changes)
