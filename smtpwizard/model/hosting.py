"""What is known of hosting companies that close ports of mail."""

from __future__ import annotations

import msgspec

from smtpwizard.model.provider import Source


class Hosting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hosting company, and what it lets out. A hint beside what was seen, never a verdict."""

    name: str
    firmware: tuple[str, ...]
    """What the firmware of its machines says of itself (SMBIOS: vendor, product, asset tag); case does not matter."""
    closed: tuple[int, ...]
    """Ports of mail that it closes unless asked otherwise."""
    on_request: bool
    """Whether it opens them for those who ask."""
    source: tuple[Source, ...]
