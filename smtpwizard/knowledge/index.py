"""Where to look first: which signs can possibly match, from the words, codes and facts at hand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

import msgspec

from smtpwizard.knowledge.phrase import (
    compile_phrase,
    filed,
    literal_length,
    longest_part,
    pair_keys,
    word_keys,
    words_of,
)
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


class Group(msgspec.Struct, frozen=True, array_like=True, eq=False):
    """The phrases that are filed under one key. It is equal to itself alone, so that each is looked at once."""

    phrases: tuple[tuple[str, str, int, int], ...]
    """What a text must hold, the phrase where that is only a part of it, its literal length, the number of what it
    belongs to."""


DRAWER: Final = 2
"""Letters that the keys of one drawer begin with."""


class PhraseIndex(msgspec.Struct, frozen=True, array_like=True, eq=False):
    """Phrases, each filed under one key that stands in whatever it matches.

    It is equal to itself alone, as `SignIndex` is: what was found with it is kept by its identity.
    """

    drawers: dict[str, msgspec.Raw]
    """By how their first word begins, keys and what is filed under them. Each is decoded when a text has such a word:
    most texts have few."""
    anywhere: Group
    """Those that require no key."""

    @classmethod
    def build(cls, owned: Iterable[tuple[str, int]]) -> PhraseIndex:
        """File phrases, each with the number of its owner."""
        pairs = list(owned)
        keys = filed(phrase for phrase, _ in pairs)
        by_key: defaultdict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
        for phrase, owner in pairs:
            by_key[keys[phrase]].append((*_sought(phrase), literal_length(phrase), owner))
        anywhere = Group(tuple(by_key.pop("", ())))
        drawers: defaultdict[str, dict[str, Group]] = defaultdict(dict)
        for key, phrases in by_key.items():
            drawers[_drawer_of(key)][key] = Group(tuple(phrases))
        return cls({name: msgspec.Raw(msgspec.msgpack.encode(drawer)) for name, drawer in drawers.items()}, anywhere)

    def opened(self, drawer: str) -> dict[str, Group]:
        """What is filed in a drawer, by key."""
        return msgspec.msgpack.decode(self.drawers[drawer], type=dict[str, Group]) if drawer in self.drawers else {}

    def passages(self, text: str) -> list[Passage]:
        """What the phrases find in a normalised text: for each its first passage."""
        words = words_of(text)
        met = list(map(_words_met(self).__getitem__, words))
        groups = dict.fromkeys(chain.from_iterable([word.groups for word in met]))
        groups[self.anywhere] = None
        for word, pair in zip(met, pair_keys(words), strict=False):
            if pair in word.drawer:
                groups[word.drawer[pair]] = None
        padded = f" {text} "
        # Most of them are not there: a list made at once of those that are saves a step for each.
        present = [entry for group in groups for entry in group.phrases if entry[0] in padded]
        found: list[Passage] = []
        for sought, phrase, letters, owner in present:
            if not phrase:
                start = padded.index(sought)
                end = start + len(sought)
                if padded[start - 1] in _BETWEEN_WORDS and padded[end] in _BETWEEN_WORDS:
                    # Most phrases are plain text, and stand as whole words where they first stand.
                    found.append(Passage(owner, letters, start - 1, end - 1))
                    continue
            if (span := compile_phrase(phrase or sought).span(text)) is not None:
                found.append(Passage(owner, letters, *span))
        return found


def _sought(phrase: str) -> tuple[str, str]:
    """The longest part of a phrase, and the phrase where there is more to it, such as `*` or `#`."""
    part = longest_part(phrase)
    return part, phrase if part != phrase else ""


def _drawer_of(key: str) -> str:
    """Where a key is filed: the same for a word, for how it begins, and for it and the next one."""
    return key.partition(" ")[0].rstrip("*")[:DRAWER]


_BETWEEN_WORDS: Final = frozenset(" \n.,:;!?()[]{}<>/=|\"'-@#")
"""Characters that are part of no word."""
WORDS_KEPT: Final = 8192
"""Words whose phrases are kept at hand: those of errors are few, and come again and again."""


class _Word(NamedTuple):
    """What a word of a text leads to."""

    groups: tuple[Group, ...]
    """Group under the word, or under how it begins."""
    drawer: Mapping[str, Group]
    """Where it is filed, along with the next word."""


class _WordsMet(dict[str, _Word]):
    """The words that texts had so far."""

    def __init__(self, index: PhraseIndex) -> None:
        super().__init__()
        self._index = index
        self._drawers: dict[str, Mapping[str, Group]] = {}

    def __missing__(self, word: str) -> _Word:
        if len(self) >= WORDS_KEPT:
            self.clear()
        drawer = self._drawer(word[:DRAWER])
        self[word] = met = _Word(tuple(drawer[key] for key in word_keys(word) if key in drawer), drawer)
        return met

    def _drawer(self, name: str) -> Mapping[str, Group]:
        if name not in self._index.drawers:
            return {}
        if name not in self._drawers:
            self._drawers[name] = self._index.opened(name)
        return self._drawers[name]


@lru_cache(maxsize=4)
def _words_met(index: PhraseIndex) -> _WordsMet:
    return _WordsMet(index)


class IndexedSign(msgspec.Struct, frozen=True, array_like=True):
    """A sign without its examples."""

    cause: str
    when: When
    """Of its phrases, which are filed apart, one at most stands for all: reading thousands more takes long."""
    plain: bool
    """Whether it asks for wording alone, and looks at nothing else."""
    further: bool
    """Whether it asks for anything besides wording and codes."""
    floor: bool
    """Whether it rests on the class of a code alone."""
    remedy: str
    """Name of the remedy that it calls for."""

    @classmethod
    def of(cls, cause: str, sign: Sign) -> IndexedSign:
        """A cause's sign, with what follows from it."""
        when = sign.when
        plain = bool(when.text) and not (when.code or when.enhanced or when.asks_further)
        class_alone = bool(when.code) and all(code < 10 for code in when.code)
        named = when.text or when.enhanced or when.fact or when.errno or when.provider
        brief = msgspec.structs.replace(when, text=when.text[:1])
        return cls(cause, brief, plain, when.asks_further, class_alone and not named, sign.remedy)


class Passages(NamedTuple):
    """What the phrases find in one text, each with what it belongs to by its number."""

    signs: list[Passage]
    providers: list[Passage]
    tools: list[Passage]


class SignIndex(msgspec.Struct, frozen=True, array_like=True, eq=False):
    """All signs, and how to find the few that matter."""

    signs: tuple[IndexedSign, ...]
    phrases: PhraseIndex
    """Those of signs, then of providers, then of tools, their owners numbered on: one search serves them all."""
    by_fact: dict[str, tuple[int, ...]]
    by_errno: dict[str, tuple[int, ...]]
    by_enhanced: dict[str, tuple[int, ...]]
    by_code: dict[str, tuple[int, ...]]
    by_check: dict[str, tuple[int, ...]]
    others: tuple[int, ...]
    """Signs of stage, status, provider or tool alone."""
    provider_ids: tuple[str, ...]
    """The most used first."""
    tool_ids: tuple[str, ...]


@lru_cache(maxsize=4)  # who asks for the provider of a text asks for its signs next
def passages_in(index: SignIndex, text: str) -> Passages:
    """What a normalised text holds of the wording of signs, providers and tools."""
    found = Passages([], [], [])
    first_provider = len(index.signs)
    first_tool = first_provider + len(index.provider_ids)
    for passage in index.phrases.passages(text):
        if passage.owner < first_provider:
            found.signs.append(passage)
        elif passage.owner < first_tool:
            found.providers.append(Passage(passage.owner - first_provider, *passage[1:]))
        else:
            found.tools.append(Passage(passage.owner - first_tool, *passage[1:]))
    return found


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
    phrases += (
        (phrase, number)
        for number, key in enumerate(provider_ids, len(signs))
        for phrase in provider_phrases(providers[key])
        if key in foremost.get(phrase, {key})
    )
    phrases += (
        (word, number)
        for number, key in enumerate(tool_ids, len(signs) + len(provider_ids))
        for word in tools[key].words
    )
    return SignIndex(
        signs=tuple(IndexedSign.of(cause_id, sign) for cause_id, sign in signs),
        phrases=PhraseIndex.build(phrases),
        by_fact=_frozen(keyed["fact"]),
        by_errno=_frozen(keyed["errno"]),
        by_enhanced=_frozen(keyed["enhanced"]),
        by_code=_frozen(keyed["code"]),
        by_check=_frozen(keyed["check"]),
        others=tuple(others),
        provider_ids=provider_ids,
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
