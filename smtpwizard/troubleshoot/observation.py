"""One form for everything signs can look at, whether a check saw it or a person pasted it."""

from __future__ import annotations

import re

import msgspec

from smtpwizard.knowledge.index import SignIndex, passages_in
from smtpwizard.knowledge.phrase import normalise
from smtpwizard.model.cause import Family
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.troubleshoot.dialled import flaws_of_host
from smtpwizard.troubleshoot.reading import Reading
from smtpwizard.troubleshoot.transcript import facts_of_transcript


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
    port: int | None = None
    security: Security | None = None
    family: Family | None = None


def observe_reading(reading: Reading, index: SignIndex, *, provider: str | None, stage: Stage | None) -> Observation:
    """A pasted text."""
    text = _by_turns(reading.told)
    if reading.joined is not reading.told:
        joined = _by_turns(reading.joined)
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
        tools=tuple(sorted({index.tool_ids[passage.owner] for passage in passages_in(index, text).tools})),
        port=reading.port,
        security=reading.security,
        family=reading.family,
    )


_TURN = re.compile(
    r"""(?m)^(?=[\ \t]*(?:(?:->|<-|<<<|>>>|[SC]:|(?:SERVER|CLIENT)\ ->\ (?:SERVER|CLIENT):)[\ \t]*)?
    (?:(?!220\ 2)[23]\d\d[\ -]|QUIT\b|MAIL\ FROM:|RCPT\ TO:|DATA$|EHLO\ |HELO\ |RSET$|=+\ ))""",
    re.VERBOSE,
)


def _by_turns(text: str) -> str:
    """A normalised text with a line for each turn of a session.

    No gap of a phrase spans two lines: what a reply says does not go on in the next command.
    """
    if "\n" not in text:
        return normalise(text)
    return " \n ".join(filter(None, map(normalise, _TURN.split(text))))


def observe_course(text: str, provider: str | None) -> list[Observation]:
    """What a text shows besides its words: the course of a session, and a host that cannot be one."""
    facts = facts_of_transcript(text)
    facts += [(Stage.SETTINGS, fact) for fact in flaws_of_host(text)]
    return [Observation(stage=stage, fact=fact, provider=provider) for stage, fact in facts]


def recognise_provider(index: SignIndex, text: str) -> str | None:
    """The provider whose hosts or words a text contains: the longest of them decides, then how used it is."""
    found = passages_in(index, text).providers
    longest = min(found, key=lambda passage: (-passage.letters, passage.owner), default=None)
    return index.provider_ids[longest.owner] if longest is not None else None
