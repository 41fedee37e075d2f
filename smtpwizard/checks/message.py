"""Whether the server takes over a real message. Only on request."""

from __future__ import annotations

import datetime
import secrets
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence import MessageSent
from smtpwizard.model.stage import Stage, Status

_BODY = """\
This is a test message from smtpwizard. Someone who set up outgoing mail had it sent to see whether mail arrives.
There is nothing to answer.

Sent through {host}, port {port} ({security}).
Test word: {token}
"""


async def _run(context: Context, record: Record) -> Verdict:
    account = context.account
    token = secrets.token_hex(4)
    message_id = make_msgid(domain=(account.sender or "").rpartition("@")[2] or "localhost")
    plain = (account.sender or "").isascii() and (account.recipient or "").isascii()
    message = EmailMessage(policy=policy.SMTP if plain else policy.SMTPUTF8)
    message["From"] = account.sender or ""
    message["To"] = account.recipient or ""
    message["Subject"] = f"smtpwizard test {token}"
    message["Date"] = _date(context.ports.clock.now())
    message["Message-ID"] = message_id
    # RFC 3834, section 5: no automatic answers to what a program sent.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_BODY.format(host=account.host, port=account.port, security=account.security, token=token))
    octets = message.as_bytes()
    invited, taken = await context.given(Connected).session.data(
        octets, context.options.timeout, then_quit=context.given(Introduced).extensions.pipelining
    )
    for evidence in (*invited.evidence, *(taken.evidence if taken is not None else ())):
        record(evidence)
    if taken is None or not taken.ok:
        return Verdict(Status.FAIL)
    record(MessageSent(message_id, token, len(octets), account.recipient or ""))
    return Verdict(Status.PASS)


def _date(now: str) -> str:
    return format_datetime(datetime.datetime.fromisoformat(now))


CHECK = Check(
    id="data.message",
    title="server takes the test message",
    stage=Stage.DATA,
    run=_run,
    needs=("rcpt.recipient",),
    applies=lambda account, options: options.send and account.sender is not None and account.recipient is not None,
)
