"""Whose server a host is."""

from __future__ import annotations

from collections.abc import Mapping

from smtpwizard.model.provider import Provider


def provider_for_host(providers: Mapping[str, Provider], host: str) -> Provider | None:
    """The provider that this host belongs to; where several share it, the most used one."""
    name = host.rstrip(".").casefold()
    same = [provider for provider in providers.values() if any(e.host == name for e in provider.endpoint)]
    return min(
        (provider for provider in same if provider.kind != "local"),
        key=lambda provider: (provider.rank, provider.name.casefold(), provider.id),
        default=None,
    )
