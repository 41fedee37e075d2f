"""The addresses of the envelope as they go over the wire."""

from __future__ import annotations

from smtpwizard.model.text import in_ascii


def on_the_wire(address: str) -> str:
    """An address with its domain as the DNS has it (RFC 5890), wherever that spares it SMTPUTF8.

    That is, where its local part is ASCII: every server takes such an address. One whose local part is not stays as it
    is, and needs a server with SMTPUTF8 (RFC 6531).
    """
    local, at, domain = address.rpartition("@")
    if not local.isascii() or domain.isascii():
        return address
    encoded = in_ascii(domain)
    return address if encoded is None else f"{local}{at}{encoded}"
