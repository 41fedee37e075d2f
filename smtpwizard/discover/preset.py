"""Recognises providers that are known, without any network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from smtpwizard.model.provider import Provider
from smtpwizard.model.text import printable

_NEAR: Final = 5
"""As many ids as a hint names."""
_SHORTEST: Final = 3
"""Characters that are enough to guess from."""
_ALIKE: Final = 0.75
"""How much alike two names are, of 1, for one to be a slip of the other."""


def provider_for_address(providers: Mapping[str, Provider], address: str) -> Provider | None:
    """The provider whose mail addresses have this one's domain."""
    domain = address.rpartition("@")[2].rstrip(".").casefold()
    same = [provider for provider in providers.values() if domain in provider.domains]
    return min(same, key=_order, default=None)


def listed(providers: Mapping[str, Provider]) -> list[Provider]:
    """All providers as they are shown: the most used first, then by name."""
    return sorted(providers.values(), key=_order)


def search(providers: Mapping[str, Provider], text: str) -> list[Provider]:
    """Providers whose name, id, other names, domains or hosts contain every word of the text."""
    words = text.casefold().split()
    return [
        provider
        for provider in listed(providers)
        if all(any(word in field for field in _fields(provider)) for word in words)
    ]


def near(providers: Mapping[str, Provider], wanted: str) -> list[str]:
    """Ids that may be meant: who is called just so; else whose names begin so, then whose are spelt much like it."""
    wanted = " ".join(wanted[:60].casefold().replace("_", "-").split())
    names = [
        (name.casefold(), provider.id)
        for provider in listed(providers)
        for name in (provider.id, provider.name, *provider.aliases, *provider.domains)
    ]
    called = [provider_id for name, provider_id in names if name in {wanted, wanted.replace("-", " ")}]
    if not called and len(wanted) >= _SHORTEST:
        import difflib

        begun = re.compile(rf"\b{re.escape(wanted)}")
        called = [provider_id for name, provider_id in names if begun.search(name)]
        spelt = difflib.get_close_matches(wanted, [name for name, _ in names], _NEAR, cutoff=_ALIKE)
        called += [provider_id for slip in spelt for name, provider_id in names if name == slip]
    return list(dict.fromkeys(called))[:_NEAR]


def unknown(providers: Mapping[str, Provider], wanted: str) -> str:
    """That there is no provider of this id, and which may be meant."""
    ids = near(providers, wanted)
    hint = f"Near it: {', '.join(ids)}." if ids else "`smtpwizard providers` lists those that are known."
    return f"There is no provider {printable(wanted, limit=60)!r}. {hint}"


def _order(provider: Provider) -> tuple[int, str, str]:
    return provider.rank, provider.name.casefold(), provider.id


def _fields(provider: Provider) -> list[str]:
    hosts = [endpoint.host for endpoint in provider.endpoint]
    return [text.casefold() for text in (provider.name, provider.id, *provider.aliases, *provider.domains, *hosts)]
