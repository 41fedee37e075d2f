"""How the status of a provider looks."""

from __future__ import annotations

from typing import Final

from smtpwizard.model.provider import ProviderStatus

LOOKS: Final[dict[ProviderStatus, tuple[str, str, str]]] = {
    "works": ("✓", "works", "$success"),
    "needs-preparation": ("◐", "needs preparation", "$warning"),
    "password-ended": ("✗", "no passwords", "$error"),
    "no-smtp": ("–", "no SMTP", "$quiet"),
}
"""Glyph, word and colour of a status."""
