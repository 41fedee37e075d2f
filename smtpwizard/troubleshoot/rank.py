"""Ranks causes by the signs that the evidence shows.

A sign weighs as much as it is specific: the provider's own words with their code beat an enhanced code, which beats a
basic code, which beats its class. Nothing else decides, least of all the order of files.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from smtpwizard.knowledge.index import SignIndex
from smtpwizard.knowledge.phrase import compile_phrase, words_of
from smtpwizard.model.cause import Finding, When
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import Observation, matches

TEXT: Final = 30.0
"""Weight of wording, to which its length adds."""
TEXT_OF_TOOL: Final = 20.0
"""Weight of the words of a client library: it wraps what the server said."""
LETTER: Final = 0.8
LETTERS_AT_MOST: Final = 26.0
FACT: Final = 44.0
ERRNO: Final = 22.0
ENHANCED: Final = 14.0
ENHANCED_ANY_CLASS: Final = 12.0
ENHANCED_UNDEFINED: Final = 7.0
"""X.n.0: "other or undefined" (RFC 3463)."""
CODE: Final = 8.0
CODE_CLASS: Final = 2.0
PROVIDER: Final = 14.0
TOOL: Final = 5.0
STAGE: Final = 4.0
OTHER: Final = 5.0
FURTHER: Final = 0.2
"""What each further sign of the same cause adds, as part of its weight."""
SPREAD: Final = 11.0
"""Difference of weight that makes one cause e times as likely as another."""


class Weighed(msgspec.Struct, frozen=True):
    """A sign that holds, its weight, and what it rests on."""

    cause: str
    weight: float
    because: str
    stage: Stage | None
    floor: bool


def rank(index: SignIndex, observations: Sequence[Observation], stages: Mapping[str, Stage]) -> tuple[Finding, ...]:
    """Causes that the observations speak for, most likely first.

    `stages` gives each cause's usual stage, which is reported where the observation knows none.
    """
    weighed: defaultdict[str, list[Weighed]] = defaultdict(list)
    for observation in observations:
        for hit in weigh(index, observation):
            weighed[hit.cause].append(hit)
    if not weighed:
        return ()
    scores = {cause: _combined(hits) for cause, hits in weighed.items()}
    strongest = max(scores.values())
    share = {cause: math.exp((score - strongest) / SPREAD) for cause, score in scores.items()}
    total = math.fsum(share.values())
    order = sorted(scores, key=lambda cause: (-scores[cause], cause))
    findings = []
    for cause in order:
        hits = sorted(weighed[cause], key=lambda hit: (-hit.weight, hit.because, hit.stage or ""))
        confidence = _certainty(scores[cause]) * share[cause] / total
        findings.append(
            Finding(
                cause=cause,
                confidence=round(confidence, 3),
                because=tuple(dict.fromkeys(hit.because for hit in hits if hit.because))[:4],
                stage=hits[0].stage or stages[cause],
                floor=all(hit.floor for hit in hits),
            )
        )
    return tuple(findings)


def weigh(index: SignIndex, observation: Observation) -> list[Weighed]:
    """Every sign that holds for one observation."""
    numbers: dict[int, int] = {}
    if observation.text:
        for number, length in matches(index.wording, observation.text, words_of(observation.text)):
            numbers[number] = max(length, numbers.get(number, 0))
    keyed: list[Iterable[int]] = [index.others]
    if observation.fact is not None:
        keyed.append(index.by_fact.get(observation.fact, ()))
    if observation.errno is not None:
        keyed.append(index.by_errno.get(observation.errno, ()))
    for status in observation.enhanced:
        keyed.append(index.by_enhanced.get(status, ()))
        keyed.append(index.by_enhanced.get(f"X{status[1:]}", ()))
    for code in observation.codes:
        keyed.append(index.by_code.get(str(code), ()))
        keyed.append(index.by_code.get(str(code // 100), ()))
    for group in keyed:
        for number in group:
            numbers.setdefault(number, 0)
    hits = []
    for number, length in numbers.items():
        sign = index.signs[number]
        hit = _weigh_sign(sign.cause, sign.when, observation, length)
        if hit is not None:
            hits.append(hit)
    return hits


def _weigh_sign(cause: str, when: When, seen: Observation, length: int) -> Weighed | None:
    weight = 0.0
    because: list[str] = []
    if when.text:
        weight += (TEXT_OF_TOOL if when.tool else TEXT) + min(LETTERS_AT_MOST, length * LETTER)
        because.append(_quote(when, seen))
    if when.fact:
        if seen.fact not in when.fact:
            return None
        weight += FACT
        because.append(seen.fact)
    if when.errno:
        if seen.errno not in when.errno:
            # Pasted text names an errno in words, which the phrase beside it stands for.
            if not when.text or seen.errno is not None:
                return None
        else:
            weight += ERRNO
            because.append(seen.errno or "")
    enhanced = _weigh_enhanced(when, seen)
    code = _weigh_code(when, seen)
    if enhanced is None or code is None:
        return None
    weight += enhanced[0] + code[0]
    because.extend(part for part in (code[1], enhanced[1]) if part)
    if when.provider:
        if seen.provider not in when.provider:
            return None
        weight += PROVIDER
        because.append(seen.provider)
    if when.tool:
        if not set(when.tool) & set(seen.tools):
            if not when.text or seen.tools:
                return None
        else:
            weight += TOOL
    if when.stage:
        if seen.stage is None:
            if not when.text:
                return None
        elif seen.stage not in when.stage:
            return None
        else:
            weight += STAGE
    for wanted, found in ((when.check, seen.check), (when.status, seen.status)):
        if wanted:
            if found not in wanted:
                return None
            weight += OTHER
    floor = bool(when.code) and not (when.text or when.enhanced or when.fact or when.errno or when.provider)
    return Weighed(cause, weight, " ".join(because), seen.stage, floor and all(code < 10 for code in when.code))


def _weigh_enhanced(when: When, seen: Observation) -> tuple[float, str] | None:
    if not when.enhanced:
        return 0.0, ""
    for status in seen.enhanced:
        if status in when.enhanced:
            return (ENHANCED_UNDEFINED if status.endswith(".0") else ENHANCED), status
        if f"X{status[1:]}" in when.enhanced:
            return (ENHANCED_UNDEFINED if status.endswith(".0") else ENHANCED_ANY_CLASS), status
    return (0.0, "") if when.text and not seen.enhanced else None


def _weigh_code(when: When, seen: Observation) -> tuple[float, str] | None:
    if not when.code:
        return 0.0, ""
    for code in seen.codes:
        if code in when.code:
            return CODE, str(code)
    for code in seen.codes:
        if code // 100 in when.code:
            return CODE_CLASS, str(code)
    return (0.0, "") if when.text and not seen.codes else None


def _quote(when: When, seen: Observation) -> str:
    for phrase in when.text:
        found = compile_phrase(phrase).search(seen.text)
        if found is not None:
            return f"“{found}”"
    return ""


def _combined(hits: Sequence[Weighed]) -> float:
    strongest: dict[str, float] = {}
    for hit in hits:
        strongest[hit.because] = max(hit.weight, strongest.get(hit.because, 0.0))
    weights = sorted(strongest.values(), reverse=True)
    return weights[0] + FURTHER * sum(weights[1:3])


def _certainty(weight: float) -> float:
    """How far a weight can be relied on by itself."""
    return 1.0 - math.exp(-weight / 24.0)
