"""How a provider looks in the list."""

from __future__ import annotations

from typing import Final

from smtpwizard.model.provider import Provider, ProviderStatus

LOOKS: Final[dict[ProviderStatus, tuple[str, str, str]]] = {
    "works": ("✓", "works", "$success"),
    "needs-preparation": ("◐", "needs preparation", "$warning"),
    "password-ended": ("✗", "no passwords", "$error"),
    "no-smtp": ("–", "no SMTP", "$quiet"),
}
"""Glyph, word and colour of a status."""


def status_look(provider: Provider) -> tuple[str, str, str]:
    """Glyph, word and colour; what the person brings along themselves works as far as it is known."""
    return LOOKS[provider.status]
