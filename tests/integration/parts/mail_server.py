"""What the mail servers of the tests have in common: the ports they offer and how tests reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tests.integration.parts.certificates import CertificateKind, Certificates
from tests.integration.parts.maildir import Maildirs
from tests.integration.parts.ports import free_port

SMALL_SIZE: Final = 4096
"""Octets the listener named `small` takes."""
TINY_SIZE: Final = 256
"""Octets the listener named `tiny` takes: less than any message that can be sent has."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One port; `name` is how tests ask for it."""

    name: str
    security: Literal["starttls", "tls", "none"]
    """The words of RFC 8314: implicit TLS is `tls`."""
    certificate: CertificateKind = "trusted"
    auth: Literal["after-tls", "always", "never"] = "after-tls"
    size_limit: int = 1_000_000
    """Octets of the largest message (RFC 1870)."""
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN")
    port: int | None = None
    """None: any free one."""


LISTENERS: Final = (
    Listener("starttls", "starttls"),
    Listener("tls", "tls"),
    Listener("none", "none", auth="always"),
    Listener("auth-before-tls", "starttls", auth="always"),
    Listener("no-auth", "starttls", auth="never"),
    Listener("small", "starttls", size_limit=SMALL_SIZE),
    Listener("tiny", "starttls", size_limit=TINY_SIZE),
    Listener("expired", "starttls", certificate="expired"),
    Listener("self-signed", "starttls", certificate="self-signed"),
    Listener("wrong-name", "starttls", certificate="wrong-name"),
)
"""What every server of the tests offers, so that the same session can be tried on each."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A running server: alice and bob have mailboxes, may log in, and once they have, send only as themselves.

    Without a log-in it takes mail for its own domain only; with one, mail for other domains is taken and dropped.
    """

    certificates: Certificates
    ports: Mapping[str, int]
    """By the listener's name."""
    mail: Maildirs
    log: Path


def assign_ports(listeners: Sequence[Listener]) -> dict[str, int]:
    """The port of each listener by name, free ones where none is set."""
    return {listener.name: listener.port or free_port() for listener in listeners}
