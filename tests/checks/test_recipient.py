from __future__ import annotations

import pytest

from smtpwizard.checks.products import Connected
from smtpwizard.checks.recipient import CHECK
from smtpwizard.model.check import Options
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeSession, carried_out, said


@pytest.mark.parametrize(("code", "status"), [(250, Status.PASS), (251, Status.PASS), (550, Status.FAIL)])
async def test_the_server_decides_and_the_transaction_is_given_up(code: int, status: Status) -> None:
    session = FakeSession({"rcpt": said(code, "x")})
    verdict, _ = await carried_out(CHECK, Connected(session))
    assert verdict.status is status
    assert session.asked == ["RCPT b@mail.test", "RSET"]


async def test_a_server_that_is_leaving_is_not_asked_for_more() -> None:
    session = FakeSession({"rcpt": said(421, "bye")})
    await carried_out(CHECK, Connected(session))
    assert session.asked == ["RCPT b@mail.test"]


async def test_the_transaction_stands_where_a_message_follows() -> None:
    session = FakeSession()
    await carried_out(CHECK, Connected(session), options=Options(send=True))
    assert session.asked == ["RCPT b@mail.test"]
