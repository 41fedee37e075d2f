"""What an error text means, from any program."""

from __future__ import annotations

import msgspec

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.knowledge.phrase import normalise
from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import observe_course, observe_reading
from smtpwizard.troubleshoot.rank import rank
from smtpwizard.troubleshoot.reading import Reading, read_text
from smtpwizard.troubleshoot.resemblance import filled_up, leave_open
from smtpwizard.troubleshoot.rivals import with_rivals

AT_MOST = 5
"""Causes that an explanation names."""


class Explanation(msgspec.Struct, frozen=True):
    """A text, what could be read of it, and the causes it speaks for."""

    reading: Reading
    provider: str | None
    tools: tuple[str, ...]
    """Ids of the programs that seem to have printed it."""
    stage: Stage | None
    findings: tuple[Finding, ...]


def explain(knowledge: Knowledge, text: str, *, provider: str | None = None) -> Explanation:
    """Explain a text. There is an answer for every one, if only "unknown", which has no findings."""
    by_signs, wording = _by_signs(knowledge, text, provider)
    reading, findings = by_signs.reading, by_signs.findings
    if leave_open(findings) and (findings or not _all_well(reading)):
        findings = filled_up(findings, _told_by_servers(reading) or wording, knowledge.likeness, knowledge.stages)
    findings = with_rivals(findings, knowledge.rivals, knowledge.stages)[:AT_MOST]
    stage = findings[0].stage if findings else None
    return Explanation(reading, by_signs.provider, by_signs.tools, stage, findings)


def explain_by_signs(knowledge: Knowledge, text: str, *, provider: str | None = None) -> Explanation:
    """Explain a text by what the signs say alone, with every cause that one speaks for."""
    return _by_signs(knowledge, text, provider)[0]


def _by_signs(knowledge: Knowledge, text: str, provider: str | None) -> tuple[Explanation, str]:
    reading = read_text(text)
    observation = observe_reading(reading, knowledge.signs, provider=provider, stage=None)
    seen = [observation, *observe_course(reading.text, observation.provider)]
    findings = rank(knowledge.signs, seen, knowledge.stages)
    stage = findings[0].stage if findings else None
    return Explanation(reading, observation.provider, observation.tools, stage, findings), observation.text


def _told_by_servers(reading: Reading) -> str:
    """The negative replies, normalised: their words tell the cause, and not those of the program around them."""
    return normalise(
        " ".join(f"{reply.code} {reply.text}" for reply in reading.replies if reply.code >= 400 and reply.text)
    )


def _all_well(reading: Reading) -> bool:
    """Whether a server speaks, and only well."""
    return bool(reading.replies) and not reading.codes and not reading.enhanced
