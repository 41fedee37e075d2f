"""What an error text means, from any program."""

from __future__ import annotations

import msgspec

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import observe_reading, observe_transcript
from smtpwizard.troubleshoot.rank import rank
from smtpwizard.troubleshoot.reading import Reading, read_text
from smtpwizard.troubleshoot.resemblance import filled_up

AT_MOST = 5
"""Causes that an explanation names."""


class Explanation(msgspec.Struct, frozen=True):
    """A text, what could be read of it, and the causes it speaks for."""

    reading: Reading
    provider: str | None
    stage: Stage | None
    findings: tuple[Finding, ...]


def explain(knowledge: Knowledge, text: str, *, provider: str | None = None) -> Explanation:
    """Explain a text. There is an answer for every one, if only "unknown", which has no findings."""
    reading = read_text(text)
    index = knowledge.signs
    observation = observe_reading(reading, index, provider=provider, stage=None)
    seen = [observation, *observe_transcript(reading.text, observation.provider)]
    findings = rank(index, seen, knowledge.stages)
    if findings or not _all_well(reading):
        findings = filled_up(findings, observation.text, knowledge.likeness, knowledge.stages)
    findings = findings[:AT_MOST]
    stage = findings[0].stage if findings else None
    return Explanation(reading, observation.provider, stage, findings)


def _all_well(reading: Reading) -> bool:
    """Whether a server speaks, and only well."""
    return bool(reading.replies) and not reading.codes and not reading.enhanced
