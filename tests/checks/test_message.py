from __future__ import annotations

import email
from email import policy

import msgspec
import pytest

from smtpwizard.checks.message import CHECK
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.dialogue import MessageSent
from smtpwizard.model.ports import Heard
from smtpwizard.model.smtp import Extensions
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeSession, carried_out, said

OFFERS = Introduced(Extensions((), (), None))


async def test_one_well_formed_message_goes_out() -> None:
    session = FakeSession({"data": said(354, "go")})
    verdict, recorded = await carried_out(CHECK, Connected(session), OFFERS, options=Options(send=True))
    assert verdict.status is Status.PASS
    (sent,) = recorded
    assert isinstance(sent, MessageSent)
    message = email.message_from_bytes(session.message, policy=policy.default)
    assert message["From"] == "a@mail.test"
    assert message["To"] == "b@mail.test"
    assert message["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert message["Message-ID"] == sent.message_id
    assert message["Message-ID"].endswith("@mail.test>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert sent.token in message["Subject"]
    assert sent.token in message.get_content()
    assert sent.octets == len(session.message)
    assert not message.defects
    assert all(len(line) < 998 for line in session.message.split(b"\r\n"))


async def test_no_two_messages_share_their_word() -> None:
    tokens = set()
    for _ in range(2):
        session = FakeSession({"data": said(354, "go")})
        _, (sent,) = await carried_out(CHECK, Connected(session), OFFERS)
        assert isinstance(sent, MessageSent)
        tokens.add(sent.token)
    assert len(tokens) == 2


@pytest.mark.parametrize(
    "answers",
    [{"data": said(554, "no")}, {"data": said(354, "go"), "message": said(550, "spam")}],
    ids=["at DATA", "after the message"],
)
async def test_a_message_that_is_refused_was_not_sent(answers: dict[str, Heard]) -> None:
    verdict, recorded = await carried_out(CHECK, Connected(FakeSession(answers)), OFFERS)
    assert (verdict.status, recorded) == (Status.FAIL, [])


async def test_internationalised_addresses_stay_as_they_are() -> None:
    session = FakeSession({"data": said(354, "go")})
    account = msgspec.structs.replace(ACCOUNT, sender="ä@bücher.test", recipient="ö@bücher.test")
    verdict, _ = await carried_out(CHECK, Connected(session), OFFERS, account=account)
    assert verdict.status is Status.PASS
    assert "To: ö@bücher.test".encode() in session.message


async def test_an_internationalised_recipient_of_a_plain_sender_stays_as_it_is() -> None:
    session = FakeSession({"data": said(354, "go")})
    account = msgspec.structs.replace(ACCOUNT, recipient="ö@bücher.test")
    verdict, _ = await carried_out(CHECK, Connected(session), OFFERS, account=account)
    assert verdict.status is Status.PASS
    assert "To: ö@bücher.test".encode() in session.message
