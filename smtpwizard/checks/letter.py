"""The test message: one that is well-formed, and says what it is."""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass

from smtpwizard.checks.envelope import on_the_wire
from smtpwizard.model.account import Account

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
    from email import policy
    from email.message import EmailMessage
    from email.utils import format_datetime, make_msgid

    token = secrets.token_hex(4)
    sender, recipient = on_the_wire(account.sender or ""), on_the_wire(account.recipient or "")
    message_id = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    plain = sender.isascii() and recipient.isascii()
    message = EmailMessage(policy=policy.SMTP if plain else policy.SMTPUTF8)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = f"smtpwizard test {token}"
    message["Date"] = format_datetime(datetime.datetime.fromisoformat(now))
    message["Message-ID"] = message_id
    # RFC 3834, section 5: no automatic answers to what a program sent.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_BODY.format(host=account.host, port=account.port, security=account.security, token=token))
    return Letter(message.as_bytes(), message_id, token)
