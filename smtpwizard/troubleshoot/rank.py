"""Ranks causes by the weights of the signs that the evidence shows. The order of files never decides."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from smtpwizard.knowledge.index import SignIndex
from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import Observation
from smtpwizard.troubleshoot.weigh import Weighed, weigh

FURTHER: Final = 0.2
"""What each further sign of the same cause adds, as part of its weight."""
CALLS: Final = 0.5
"""What a sign must weigh at least, as part of the weightiest, for it to call for a remedy."""
REASONS: Final = 5
"""What a finding says of why it was found, at most."""
SPREAD: Final = 11.0
"""Difference of weight that makes one cause e times as likely as another."""


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
    for hits in weighed.values():
        if len(hits) > 1:
            hits.sort(key=_order)
    scored = sorted((-_combined(hits), cause) for cause, hits in weighed.items())
    strongest = -scored[0][0]
    shares = [math.exp((-negative - strongest) / SPREAD) for negative, _ in scored]
    total = math.fsum(shares)
    findings = []
    for (negative, cause), share in zip(scored, shares, strict=True):
        hits = weighed[cause]
        confidence = round(_certainty(-negative) * share / total, 3)
        floor = hits[0].floor and all(hit.floor for hit in hits)
        stage = hits[0].stage or stages[cause]
        findings.append(Finding(cause, confidence, _reasons(hits), stage, floor, _remedies(hits)))
    return tuple(findings)


def _order(hit: Weighed) -> tuple[float, str, tuple[str, ...], str]:
    """The weightiest first; of equals, always the same one."""
    return -hit.weight, hit.words, hit.because, hit.stage or ""


def _reasons(hits: Sequence[Weighed]) -> tuple[str, ...]:
    """What speaks for a cause, each thing once, the weightiest first; wording within other wording is left out."""
    if len(hits) == 1:
        return hits[0].because[:REASONS]
    reasons = tuple(dict.fromkeys(reason for hit in hits for reason in hit.because))
    quoted = [reason.strip("“”") for reason in reasons if reason.startswith("“")]
    if len(quoted) > 1:
        within = {one for one in quoted for other in quoted if one in other and one != other}
        reasons = tuple(reason for reason in reasons if reason.strip("“”") not in within)
    return reasons[:REASONS]


def _remedies(hits: Sequence[Weighed]) -> tuple[str, ...]:
    """The remedies that the weightiest of the signs that call for one call for, where it weighs enough."""
    if len(hits) == 1:
        return (hits[0].remedy,) if hits[0].remedy else ()
    calling = [hit for hit in hits if hit.remedy and hit.weight >= CALLS * hits[0].weight]
    return tuple(dict.fromkeys(hit.remedy for hit in calling if hit.weight == calling[0].weight))


def _combined(hits: Sequence[Weighed]) -> float:
    """The strongest sign, and part of the next two; the hits come in their order.

    Signs that rest on the same words or codes count once. That a check failed at all, which holds for every cause it
    can have, adds nothing, and neither do words that say only that something failed.
    """
    taken: list[Weighed] = []
    for hit in hits:
        if not taken or (hit.because and not hit.vague and not any(_same_ground(hit, other) for other in taken)):
            taken.append(hit)
            if len(taken) == 3:
                break
    return taken[0].weight + FURTHER * sum(hit.weight for hit in taken[1:])


def _same_ground(one: Weighed, other: Weighed) -> bool:
    if one.words and other.words:
        return one.words in other.words or other.words in one.words
    return one.because == other.because


def _certainty(weight: float) -> float:
    """How far a weight can be relied on by itself."""
    return 1.0 - math.exp(-weight / 24.0)
