"""The test message: one that is well-formed, and says what it is."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass

from smtpwizard.checks.envelope import on_the_wire
from smtpwizard.model.account import Account
from smtpwizard.model.text import in_ascii, printable

_BODY = """\
This is a test message from smtpwizard. Someone who set up outgoing mail had it sent to see whether mail arrives.
There is nothing to answer.

Sent through {host}, port {port} ({security}).
Test word: {token}
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, ready to be sent."""

    octets: bytes
    message_id: str
    token: str
    """Unique word in subject and body, to find the message by."""


def compose(account: Account, now: str) -> Letter:
    """A message from the account's sender to its recipient, dated `now` (RFC 3339)."""
    # Few runs send a message, and the package is large.
    from email.utils import format_datetime, make_msgid

    token = secrets.token_hex(4)
    # A line break in one would end its header and begin another (RFC 5322, section 2.2).
    sender, recipient = (printable(on_the_wire(text or "")) for text in (account.sender, account.recipient))
    message_id = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    headers = {
        # As they stand: what makes a new address of an odd one would hide what the server says to it.
        "From": sender,
        "To": recipient,
        "Subject": f"smtpwizard test {token}",
        "Date": format_datetime(datetime.datetime.fromisoformat(now)),
        "Message-ID": message_id,
        # RFC 3834, section 5: no automatic answers to what a program sent.
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=us-ascii",
    }
    host = in_ascii(account.host) or ascii(account.host)
    body = _BODY.format(host=host, port=account.port, security=account.security, token=token)
    lines = [*(f"{name}: {value}" for name, value in headers.items()), "", *body.splitlines(), ""]
    return Letter("\r\n".join(lines).encode(), message_id, token)
