"""Weighs the signs that hold for one observation.

A sign weighs as much as it is specific: the provider's own words with their code beat an enhanced code, which beats a
basic code, which beats its class. Wording weighs by its length, though even a single word that names a reason outweighs
a code; words that every refusal holds, whatever its reason, are vague and fall below it. What a program or server puts
before its reason ("Recipient address rejected: User unknown", "Invalid login: 535 …") says less than the reason:
wording directly before a colon, a parenthesis or the like counts less where a reply or other known wording follows, and
a client library's own words count little where there is anything else, as do words that say only that something failed.
The port, the encryption and the kind of address that a text names count for signs that ask for them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import msgspec

from smtpwizard.knowledge.index import IndexedSign, SignIndex, passages_in
from smtpwizard.model.cause import When
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import Observation

LETTER: Final = 1.6
"""Weight of wording for each of its characters."""
LETTERS_IN_FULL: Final = 32
"""Beyond these a character adds little: such wording is hardly met by chance."""
LETTER_BEYOND: Final = 0.3
WORD: Final = 16.0
"""Weight of wording, however short: a word such as "quota" or "spam" says more than a basic code."""
TEXT_AT_LEAST: Final = 4.0
OF_TOOL: Final = 0.8
"""What remains of the weight of a client library's own words: it wraps what the server said."""
OF_TOOL_BESIDE_REASON: Final = 0.3
"""The same where the text also has a code or known wording that is not the library's."""
OF_VAGUE: Final = 0.8
"""What remains of the weight of words that say that something failed, and not what."""
OF_VAGUE_BESIDE_REASON: Final = 0.1
"""The same where the text also has a code or wording that says more."""
VAGUE_UNLESS_LETTERS: Final = 4
"""What wording must spell out at least to say more: the number of an error is enough."""
INTRODUCES: Final = 0.4
"""What remains of the weight of wording that introduces its reason."""
INTRODUCED_BY: Final = (":", " (", ". the server response was", "; nested exception is", " ---> ")
"""What stands between the two, in servers' replies, and in the messages of .NET and Java."""
ANSWERS: Final = " (in reply to "
"""What Postfix puts after the reply: no reason follows."""
REASON_WITHIN: Final = 160
"""Characters after the colon within which a reason begins."""
REASON_LETTERS: Final = 8
"""What wording must spell out at least to be a reason."""
FACT: Final = 44.0
ERRNO: Final = 22.0
OF_OTHER_TOOL: Final = 0.5
"""What remains of a tool's wording where the text is known to be another one's."""
ENHANCED: Final = 14.0
ENHANCED_ANY_CLASS: Final = 12.0
ENHANCED_UNDEFINED: Final = 7.0
"""X.n.0: "other or undefined" (RFC 3463)."""
CODE: Final = 8.0
CODE_CLASS: Final = 2.0
PROVIDER: Final = 14.0
TOOL: Final = 5.0
STAGE: Final = 4.0
PORT: Final = 8.0
SECURITY: Final = 5.0
FAMILY: Final = 8.0
OTHER: Final = 5.0

_FAMILIES: Final = {"ipv6": "IPv6", "loopback": "localhost"}
_ADDRESS = re.compile(r" [\"'<]?[^\s<>\"':]{1,64}@[^\s<>\"':]{1,255}[\"'>]?")
_REPLY_NEXT = re.compile(r"[ :(\"'b]{1,6}[45]\d\d[ ,-]")


class Wording(NamedTuple):
    """A passage that speaks for a sign, and its weight."""

    weight: float
    start: int
    end: int


NO_WORDING: Final = Wording(0.0, 0, 0)


class Further(NamedTuple):
    """What speaks for a sign besides wording and codes."""

    weight: float
    because: tuple[str, ...]


NOTHING_FURTHER: Final = Further(0.0, ())


class Weighed(msgspec.Struct, frozen=True):
    """A sign that holds, its weight, and what it rests on."""

    cause: str
    weight: float
    because: tuple[str, ...]
    """The wording, codes and facts that it looks for and that were seen."""
    words: str
    """The passage of the text among these; empty where there is none."""
    stage: Stage | None
    floor: bool
    vague: bool
    remedy: str


def weigh(index: SignIndex, observation: Observation) -> list[Weighed]:
    """Every sign that holds for one observation."""
    numbers: dict[int, Wording] = {}
    if observation.text:
        numbers = _wording(index, observation)
    keyed: list[Iterable[int]] = [index.others]
    if observation.fact is not None:
        keyed.append(index.by_fact.get(observation.fact, ()))
    if observation.check is not None:
        keyed.append(index.by_check.get(observation.check, ()))
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
            numbers.setdefault(number, NO_WORDING)
    hits = []
    for number, wording in numbers.items():
        sign = index.signs[number]
        hit = _weigh_sign(sign, observation, wording)
        if hit is not None:
            hits.append(hit)
    return hits


def _wording(index: SignIndex, seen: Observation) -> dict[int, Wording]:
    """For each sign whose wording a text contains, the weightiest passage."""
    passages = [(passage, index.signs[passage.owner]) for passage in passages_in(index, seen.text).signs]
    clear = [(passage, sign) for passage, sign in passages if not sign.when.vague]
    reasons = sorted((passage.start, sign.cause) for passage, sign in clear if passage.letters >= REASON_LETTERS)
    coded = bool(seen.codes or seen.enhanced)
    answered = coded or any(p.letters >= REASON_LETTERS and not sign.when.tool for p, sign in clear)
    of_tool = OF_TOOL_BESIDE_REASON if answered else OF_TOOL
    told = coded or any(passage.letters >= VAGUE_UNLESS_LETTERS for passage, _ in clear)
    of_vague = OF_VAGUE_BESIDE_REASON if told else OF_VAGUE
    introducing = [
        (sign.cause, passage.start, passage.end)
        for passage, sign in clear
        if not sign.when.tool and _introduces(seen.text, passage.end, sign.cause, reasons)
    ]
    found: dict[int, Wording] = {}
    for (owner, letters, start, end), sign in passages:
        weight = _weight_of(letters)
        if letters >= VAGUE_UNLESS_LETTERS and weight < WORD:
            weight = WORD
        if sign.when.vague:
            weight *= of_vague
        else:
            if sign.when.tool:
                weight *= of_tool
            else:
                for cause, its_start, its_end in introducing:
                    # Of "TLS handshake failed: ", "TLS handshake" introduces as little of its own as "handshake
                    # failed" does.
                    if cause == sign.cause and its_start < end <= its_end:
                        weight *= INTRODUCES
                        break
            if weight < TEXT_AT_LEAST:
                weight = TEXT_AT_LEAST
        known = found.get(owner)
        if known is None or (weight, -start, end) > (known.weight, -known.start, known.end):
            found[owner] = Wording(weight, start, end)
    return found


def _introduces(text: str, end: int, cause: str, reasons: Sequence[tuple[int, str]]) -> bool:
    """Whether a reply, or wording of another cause, follows on wording that ends there."""
    after = end
    if text.startswith(" ", end) and (address := _ADDRESS.match(text, end)) is not None:
        # As in "invalid recipient a@example.org: 550 …".
        after = address.end()
    if not text.startswith(INTRODUCED_BY, after) or text.startswith(ANSWERS, after):
        return False
    if _REPLY_NEXT.match(text, after):
        return True
    within = end + REASON_WITHIN
    if text.startswith(" (", after) and (closed := text.find(")", after)) > 0:
        # As in "no authentication (POST /send)": what comes after the parenthesis is another matter.
        within = min(within, closed)
    for position in range(bisect_left(reasons, (end,)), len(reasons)):
        start, its_cause = reasons[position]
        if start > within:
            return False
        if its_cause != cause:
            return True
    return False


def _weight_of(letters: int) -> float:
    return LETTER * min(letters, LETTERS_IN_FULL) + LETTER_BEYOND * max(0, letters - LETTERS_IN_FULL)


def _weigh_sign(sign: IndexedSign, seen: Observation, wording: Wording) -> Weighed | None:
    when = sign.when
    if sign.plain:
        words = _whole_words(seen.text, wording)
        quoted = (f"“{words}”",)
        return Weighed(sign.cause, wording.weight, quoted, words, seen.stage, False, when.vague, sign.remedy)
    if when.provider and seen.provider not in when.provider:
        return None
    enhanced = _weigh_enhanced(when, seen)
    code = _weigh_code(when, seen)
    if enhanced is None or code is None:
        return None
    weight = (wording.weight if when.text else 0.0) + enhanced[0] + code[0]
    further = _weigh_further(when, seen) if sign.further else NOTHING_FURTHER
    if further is None:
        return None
    # Words are put together last: most signs that are looked at do not hold.
    words = _whole_words(seen.text, wording) if when.text else ""
    reasons = (f"“{words}”" if words else "", code[1], enhanced[1], *further.because)
    because = tuple(reason for reason in reasons if reason)
    if when.tool and seen.tools and not set(when.tool) & set(seen.tools):
        weight *= OF_OTHER_TOOL
    weight += further.weight
    return Weighed(sign.cause, weight, because, words, seen.stage, sign.floor, when.vague, sign.remedy)


def _weigh_further(when: When, seen: Observation) -> Further | None:
    """What a sign asks for besides wording and codes; None where it does not hold."""
    weight = 0.0
    because: list[str] = []
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
    if when.provider:
        weight += PROVIDER
        because.append(seen.provider or "")
    if when.tool:
        if set(when.tool) & set(seen.tools):
            weight += TOOL
        elif not when.text:
            return None
    if when.stage:
        if seen.stage is None:
            if not when.text:
                return None
        elif seen.stage not in when.stage:
            return None
        else:
            weight += STAGE
    for wanted, found, more in (
        (when.check, seen.check, OTHER),
        (when.status, seen.status, OTHER),
        (when.port, seen.port, PORT),
        (when.security, seen.security, SECURITY),
        (when.family, seen.family, FAMILY),
    ):
        if wanted:
            if found not in wanted:
                return None
            weight += more
    if when.port:
        because.append(f"port {seen.port}")
    if when.family and seen.family is not None:
        because.append(_FAMILIES[seen.family])
    return Further(weight, tuple(because))


def _whole_words(text: str, wording: Wording) -> str:
    """The passage, with the rest of a word that a phrase only begins or ends."""
    start, end = wording.start, wording.end
    if start == end:
        return ""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return text[start:end].strip()


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
