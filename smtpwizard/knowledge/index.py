"""Where to look first: which signs can possibly match, from the words, codes and facts at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from smtpwizard.knowledge.phrase import key_words, literal_length, longest_part
from smtpwizard.model.cause import Cause, Sign, When
from smtpwizard.model.provider import Provider
from smtpwizard.model.tool import Tool

_NAME = re.compile(r"^[^{}]*\.[a-z][a-z0-9-]+$")
"""A host name, neither an address nor a template."""


class PhraseIndex(msgspec.Struct, frozen=True, array_like=True):
    """Phrases filed under one word each."""

    phrases: tuple[tuple[str, str, int, int], ...]
    """Phrase, a second word that it requires, its literal length, and the number of what it belongs to."""
    by_word: dict[str, tuple[int, ...]]
    """Positions in `phrases`."""
    anywhere: tuple[tuple[str, int], ...]
    """The phrases that require no whole word: a part to look for, and the position in `phrases`."""

    @classmethod
    def build(cls, owned: Iterable[tuple[str, int]]) -> PhraseIndex:
        """File phrases, each with the number of its owner."""
        pairs = list(owned)
        keys = key_words(phrase for phrase, _ in pairs)
        by_word: defaultdict[str, list[int]] = defaultdict(list)
        anywhere: list[tuple[str, int]] = []
        for position, (phrase, _) in enumerate(pairs):
            if keys[phrase][0]:
                by_word[keys[phrase][0]].append(position)
            else:
                anywhere.append((longest_part(phrase), position))
        return cls(
            tuple((phrase, keys[phrase][1], literal_length(phrase), owner) for phrase, owner in pairs),
            {word: tuple(positions) for word, positions in by_word.items()},
            tuple(anywhere),
        )


class IndexedSign(msgspec.Struct, frozen=True, array_like=True):
    """A sign without its examples."""

    cause: str
    when: When


class SignIndex(msgspec.Struct, frozen=True, array_like=True):
    """All signs, and how to find the few that matter."""

    signs: tuple[IndexedSign, ...]
    wording: PhraseIndex
    by_fact: dict[str, tuple[int, ...]]
    by_errno: dict[str, tuple[int, ...]]
    by_enhanced: dict[str, tuple[int, ...]]
    by_code: dict[str, tuple[int, ...]]
    others: tuple[int, ...]
    """Signs of stage, check, status, provider or tool alone."""
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
        name: defaultdict(list) for name in ("fact", "errno", "enhanced", "code")
    }
    phrases: list[tuple[str, int]] = []
    others: list[int] = []
    for number, (_, sign) in enumerate(signs):
        _file_sign(sign, number, phrases, keyed, others)
    provider_ids = tuple(sorted(providers, key=lambda key: (providers[key].rank, key)))
    tool_ids = tuple(sorted(tools))
    return SignIndex(
        signs=tuple(IndexedSign(cause_id, sign.when) for cause_id, sign in signs),
        wording=PhraseIndex.build(phrases),
        by_fact=_frozen(keyed["fact"]),
        by_errno=_frozen(keyed["errno"]),
        by_enhanced=_frozen(keyed["enhanced"]),
        by_code=_frozen(keyed["code"]),
        others=tuple(others),
        providers=PhraseIndex.build(
            (phrase, number) for number, key in enumerate(provider_ids) for phrase in provider_phrases(providers[key])
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
    else:
        others.append(number)


def _frozen(table: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(numbers) for key, numbers in table.items()}
