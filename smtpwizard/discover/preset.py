"""Recognises providers that are known, without any network."""

from __future__ import annotations

from collections.abc import Mapping

from smtpwizard.model.provider import Provider


def provider_for_host(providers: Mapping[str, Provider], host: str) -> Provider | None:
    """The provider that this host belongs to; where several share it, the most used one."""
    name = host.rstrip(".").casefold()
    same = [provider for provider in providers.values() if any(e.host == name for e in provider.endpoint)]
    return min((p for p in same if p.kind != "local"), key=_order, default=None)


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


def _order(provider: Provider) -> tuple[int, str, str]:
    return provider.rank, provider.name.casefold(), provider.id


def _fields(provider: Provider) -> list[str]:
    hosts = [endpoint.host for endpoint in provider.endpoint]
    return [text.casefold() for text in (provider.name, provider.id, *provider.aliases, *provider.domains, *hosts)]
