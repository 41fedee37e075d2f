"""One form for everything signs can look at, whether a check saw it or a person pasted it."""

from __future__ import annotations

import msgspec

from smtpwizard.knowledge.index import SignIndex
from smtpwizard.knowledge.phrase import normalise
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


def observe_reading(reading: Reading, index: SignIndex, *, provider: str | None, stage: Stage | None) -> Observation:
    """A pasted text."""
    text = normalise(reading.told)
    if reading.joined is not reading.told:
        joined = normalise(reading.joined)
        if joined != text:
            text = f"{text} \n {joined}"
    if provider is None:
        provider = recognise_provider(index, text)
    return Observation(
        stage=stage or reading.stage,
        codes=reading.codes,
        enhanced=reading.enhanced,
        text=text,
        shown=reading.text,
        provider=provider,
        tools=tuple(sorted({index.tool_ids[passage.owner] for passage in index.tools.passages(text)})),
    )


def recognise_provider(index: SignIndex, text: str) -> str | None:
    """The provider whose hosts or words a text contains: the longest of them decides, then how used it is."""
    found = index.providers.passages(text)
    longest = min(found, key=lambda passage: (-passage.letters, passage.owner), default=None)
    return index.provider_ids[longest.owner] if longest is not None else None
