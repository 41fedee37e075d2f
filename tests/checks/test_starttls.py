from __future__ import annotations

import pytest

from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.checks.starttls import CHECK
from smtpwizard.model.evidence.tls import StartTls
from smtpwizard.model.ports import Heard
from smtpwizard.model.smtp import Extensions
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeSession, carried_out, nothing, said


@pytest.mark.parametrize(
    ("keywords", "evidence"),
    [
        (("SIZE",), StartTls("not-offered")),
        (("SIZE", "XCLIENT", "XXX"), StartTls("not-offered")),
        (("SIZE", "XXXXXXXA"), StartTls("stripped", "XXXXXXXA")),
        (("XXXXXXXX",), StartTls("stripped", "XXXXXXXX")),
        (("********",), StartTls("stripped", "********")),
    ],
)
async def test_what_is_not_offered_is_not_asked_for(keywords: tuple[str, ...], evidence: StartTls) -> None:
    session = FakeSession()
    verdict, recorded = await carried_out(CHECK, Connected(session), Introduced(Extensions(keywords, (), None)))
    assert verdict.status is Status.FAIL
    assert recorded == [evidence]
    assert session.asked == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (said(220, "go", StartTls("accepted")), Status.PASS),
        (said(454, "no", StartTls("refused")), Status.FAIL),
        (nothing(StartTls("injected", "250 x")), Status.FAIL),
    ],
)
async def test_the_server_must_take_it(answer: Heard, status: Status) -> None:
    verdict, recorded = await carried_out(
        CHECK,
        Connected(FakeSession({"starttls": answer})),
        Introduced(Extensions(("STARTTLS",), (), None)),
    )
    assert verdict.status is status
    assert tuple(recorded) == answer.evidence
