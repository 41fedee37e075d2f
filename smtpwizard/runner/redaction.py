"""Keeps the secret out of what a run tells, whoever repeats it and when."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from smtpwizard.model.event import Direction, TranscriptLine
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.secret import Secret

HELD: Final = 8
"""Lines of the transcript that may wait to see whether the next one goes on with the secret."""
_CODES: Final = re.compile(r"\d{3}(?:[- ](?:[245]\.\d{1,3}\.\d{1,3}(?: |$))?|$)")
"""What stands before the text of a reply line."""


def without_secret(evidence: AnyEvidence, secret: Secret | None) -> AnyEvidence:
    """A fact whose words of the other side do not hold the secret."""
    if secret is None or not evidence.told:
        return evidence
    changes: dict[str, str | tuple[str, ...]] = {}
    for name in evidence.told:
        value = getattr(evidence, name)
        if isinstance(value, str):
            kept: str | tuple[str, ...] = secret.redact(value)
        elif value:
            kept = secret.redact_lines(value)
        else:
            continue
        if kept != value:
            changes[name] = kept
    return msgspec.structs.replace(evidence, **changes) if changes else evidence


class Transcript:
    """The lines of a session on their way out.

    A line that ends as the secret begins waits for the next one, so that neither shows a part of it.
    """

    def __init__(self) -> None:
        self._held: list[TranscriptLine] = []

    def add(self, line: TranscriptLine, secret: Secret | None) -> list[TranscriptLine]:
        """The lines that may be shown now."""
        if secret is None or line.direction is not Direction.RECEIVE:
            return [*self.release(), line]
        waiting = [*self._held, line]
        codes = [found[0] if (found := _CODES.match(item.text)) else "" for item in waiting]
        texts = secret.redact_lines([item.text[len(code) :] for item, code in zip(waiting, codes, strict=True)])
        self._held = [
            msgspec.structs.replace(item, text=code + text)
            for item, code, text in zip(waiting, codes, texts, strict=True)
        ]
        if secret.may_begin_in("".join(texts)) and len(self._held) < HELD:
            return []
        return self.release()

    def release(self) -> list[TranscriptLine]:
        """What still waits: nothing more belongs to it."""
        held, self._held = self._held, []
        return held
