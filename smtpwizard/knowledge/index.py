"""Where to look first: which signs can possibly match, from the words, codes and facts at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from smtpwizard.knowledge.phrase import compile_phrase, filed, keys_of, literal_length, longest_part
from smtpwizard.model.cause import Cause, Sign, When
from smtpwizard.model.provider import Provider
from smtpwizard.model.tool import Tool

_NAME = re.compile(r"^[^{}]*\.[a-z][a-z0-9-]+$")
"""A host name, neither an address nor a template."""


class Passage(NamedTuple):
    """A part of a text that a phrase names."""

    owner: int
    """What the phrase belongs to, by its number in the index."""
    letters: int
    """How much of it the phrase spells out."""
    start: int
    end: int


class PhraseIndex(msgspec.Struct, frozen=True, array_like=True):
    """Phrases, each filed under one key that stands in whatever it matches."""

    phrases: tuple[tuple[str, str, int, int], ...]
    """Phrase, its longest part, its literal length, and the number of what it belongs to."""
    by_key: dict[str, tuple[int, ...]]
    """Positions in `phrases`."""
    anywhere: tuple[int, ...]
    """Those that require no key."""

    @classmethod
    def build(cls, owned: Iterable[tuple[str, int]]) -> PhraseIndex:
        """File phrases, each with the number of its owner."""
        pairs = list(owned)
        keys = filed(phrase for phrase, _ in pairs)
        by_key: defaultdict[str, list[int]] = defaultdict(list)
        for position, (phrase, _) in enumerate(pairs):
            by_key[keys[phrase]].append(position)
        anywhere = tuple(by_key.pop("", ()))
        return cls(
            tuple((phrase, longest_part(phrase), literal_length(phrase), owner) for phrase, owner in pairs),
            _frozen(by_key),
            anywhere,
        )

    def passages(self, text: str) -> list[Passage]:
        """What the phrases find in a normalised text: for each its first passage."""
        by_key = self.by_key
        positions = [position for key in keys_of(text) & by_key.keys() for position in by_key[key]]
        positions += self.anywhere
        found: list[Passage] = []
        for phrase, part, letters, owner in map(self.phrases.__getitem__, positions):
            if part in text:
                span = compile_phrase(phrase).span(text)
                if span is not None:
                    found.append(Passage(owner, letters, *span))
        return found


class IndexedSign(msgspec.Struct, frozen=True, array_like=True):
    """A sign without its examples."""

    cause: str
    when: When
    further: bool
    """Whether it asks for anything besides wording and codes."""


class SignIndex(msgspec.Struct, frozen=True, array_like=True):
    """All signs, and how to find the few that matter."""

    signs: tuple[IndexedSign, ...]
    wording: PhraseIndex
    by_fact: dict[str, tuple[int, ...]]
    by_errno: dict[str, tuple[int, ...]]
    by_enhanced: dict[str, tuple[int, ...]]
    by_code: dict[str, tuple[int, ...]]
    by_check: dict[str, tuple[int, ...]]
    others: tuple[int, ...]
    """Signs of stage, status, provider or tool alone."""
    providers: PhraseIndex
    provider_ids: tuple[str, ...]
    """The most used first."""
    tools: PhraseIndex
    tool_ids: tuple[str, ...]


def build_sign_index(
    causes: Mapping[str, Cause], providers: Mapping[str, Provider], tools: Mapping[str, Tool]
) -> SignIndex:
    """Derive the index. The order of files and entries does not matter."""
    signs = [
        (cause_id, sign)
        for cause_id in sorted(causes)
        for sign in sorted(causes[cause_id].sign, key=lambda sign: msgspec.json.encode(sign.when))
    ]
    keyed: dict[str, defaultdict[str, list[int]]] = {
        name: defaultdict(list) for name in ("fact", "errno", "enhanced", "code", "check")
    }
    phrases: list[tuple[str, int]] = []
    others: list[int] = []
    for number, (_, sign) in enumerate(signs):
        _file_sign(sign, number, phrases, keyed, others)
    provider_ids = tuple(sorted(providers, key=lambda key: (providers[key].rank, key)))
    foremost: defaultdict[str, set[str]] = defaultdict(set)
    for key in provider_ids:
        # A host that one provider prefers, and another only has besides, says that it is the first.
        for endpoint in providers[key].endpoint:
            if endpoint.preferred:
                foremost[endpoint.host].add(key)
    tool_ids = tuple(sorted(tools))
    return SignIndex(
        signs=tuple(IndexedSign(cause_id, sign.when, sign.when.asks_further) for cause_id, sign in signs),
        wording=PhraseIndex.build(phrases),
        by_fact=_frozen(keyed["fact"]),
        by_errno=_frozen(keyed["errno"]),
        by_enhanced=_frozen(keyed["enhanced"]),
        by_code=_frozen(keyed["code"]),
        by_check=_frozen(keyed["check"]),
        others=tuple(others),
        providers=PhraseIndex.build(
            (phrase, number)
            for number, key in enumerate(provider_ids)
            for phrase in provider_phrases(providers[key])
            if key in foremost.get(phrase, {key})
        ),
        provider_ids=provider_ids,
        tools=PhraseIndex.build((word, number) for number, key in enumerate(tool_ids) for word in tools[key].words),
        tool_ids=tool_ids,
    )


def provider_phrases(provider: Provider) -> list[str]:
    """By what a provider is recognised in text: its hosts and its own words."""
    if provider.kind == "local":
        return list(provider.words)
    hosts = {endpoint.host for endpoint in provider.endpoint} | set(provider.hosts)
    return sorted(host for host in hosts if _NAME.search(host)) + list(provider.words)


def _file_sign(
    sign: Sign,
    number: int,
    phrases: list[tuple[str, int]],
    keyed: Mapping[str, defaultdict[str, list[int]]],
    others: list[int],
) -> None:
    when = sign.when
    if when.text:
        phrases.extend((phrase, number) for phrase in when.text)
    elif when.fact:
        for fact in when.fact:
            keyed["fact"][fact].append(number)
    elif when.errno:
        for errno in when.errno:
            keyed["errno"][errno].append(number)
    elif when.enhanced:
        for enhanced in when.enhanced:
            keyed["enhanced"][enhanced.upper()].append(number)
    elif when.code:
        for code in when.code:
            keyed["code"][str(code)].append(number)
    elif when.check:
        for check in when.check:
            keyed["check"][check].append(number)
    else:
        others.append(number)


def _frozen(table: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(numbers) for key, numbers in table.items()}
