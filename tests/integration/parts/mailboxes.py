"""The people who have a mailbox on every mail server of the tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

DOMAIN: Final = "example.test"
HOST_NAME: Final = "mail.example.test"
"""What each mail server calls itself; its certificate holds this name too."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address, which is also the user name, and its password."""

    address: str
    password: str


ALICE: Final = Mailbox(f"alice@{DOMAIN}", "correct-horse-battery")
BOB: Final = Mailbox(f"bob@{DOMAIN}", "pa#s$w0\"rd' x\\")
"""His password holds what `.env` files, shells and URLs treat specially."""

MAILBOXES: Final = (ALICE, BOB)
