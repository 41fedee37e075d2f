from __future__ import annotations

import pytest

from smtpwizard.checks.extensions import CHECK
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.dialogue import Capabilities
from smtpwizard.model.ports import Heard
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeSession, carried_out, nothing, said


async def test_the_offers_are_kept_and_handed_on() -> None:
    session = FakeSession({"ehlo": said(250, "mx.mail.test at your service")}, encrypted=False)
    verdict, recorded = await carried_out(CHECK, Connected(session))
    assert session.extensions is not None
    assert verdict.gives == (Introduced(session.extensions),)
    assert recorded == [Capabilities(False, "mx.mail.test", ("STARTTLS", "AUTH"), ("PLAIN", "LOGIN"), None)]
    assert session.asked == ["EHLO [192.0.2.9]"]


async def test_the_name_of_the_options_is_said() -> None:
    session = FakeSession()
    await carried_out(CHECK, Connected(session), options=Options(ehlo_name="me.test"))
    assert session.asked == ["EHLO me.test"]


@pytest.mark.parametrize("answer", [said(550, "no"), nothing()])
async def test_without_an_answer_there_is_nothing_to_hand_on(answer: Heard) -> None:
    verdict, recorded = await carried_out(CHECK, Connected(FakeSession({"ehlo": answer})))
    assert (verdict.status, verdict.gives, recorded) == (Status.FAIL, (), [])
