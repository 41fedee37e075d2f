from __future__ import annotations

import pytest

from smtpwizard.checks import foreign_sender, message, null_sender, sender
from smtpwizard.checks.another_sender import FOREIGN, NULL, asked_for
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.model.check import Check, Options
from smtpwizard.model.evidence.dialogue import Disconnected, ReplyReceived
from smtpwizard.model.smtp import Extensions, Limits
from smtpwizard.model.stage import Stage, Status
from tests.checks.fakes import ACCOUNT, FakeSession, carried_out, nothing, said

BOTH = Options(timeout=0.3, only=(NULL, FOREIGN))
REFUSED = ReplyReceived(Stage.MAIL, "MAIL", 553, "5.7.1", ("not yours",), 1.0)


def offers(*, most: int | None = None) -> Introduced:
    return Introduced(Extensions(("PIPELINING",), (), None, Limits(mail=most)))


@pytest.mark.parametrize("check", [null_sender.CHECK, foreign_sender.CHECK])
def test_no_other_sender_is_tried_unless_it_is_named(check: Check) -> None:
    assert not check.applies(ACCOUNT, Options())
    assert not check.applies(ACCOUNT, Options(only=("mail",)))
    assert check.applies(ACCOUNT, Options(only=(check.id,)))
    assert asked_for(Options(only=("mail", check.id))) == (check.id,)


@pytest.mark.parametrize(
    ("check", "line"),
    [(null_sender.CHECK, "MAIL "), (foreign_sender.CHECK, f"MAIL {foreign_sender.STRANGER}")],
)
async def test_a_sender_that_is_taken_is_given_up_at_once(check: Check, line: str) -> None:
    session = FakeSession()
    verdict, _ = await carried_out(check, Connected(session), offers(), options=BOTH)
    assert verdict.status is Status.PASS
    assert session.asked == [line, "RSET"]


@pytest.mark.parametrize(("check", "status"), [(null_sender.CHECK, Status.WARN), (foreign_sender.CHECK, Status.PASS)])
async def test_a_refused_null_sender_is_odd_and_a_refused_foreign_one_is_not(check: Check, status: Status) -> None:
    session = FakeSession({"mail": said(553, "not yours", REFUSED)})
    verdict, recorded = await carried_out(check, Connected(session), offers(), options=BOTH)
    assert (verdict.status, recorded) == (status, [REFUSED])
    assert "RSET" not in session.asked


@pytest.mark.parametrize("check", [null_sender.CHECK, foreign_sender.CHECK])
async def test_a_server_that_takes_one_message_a_session_is_not_offered_another(check: Check) -> None:
    session = FakeSession()
    verdict, _ = await carried_out(check, Connected(session), offers(most=2), options=BOTH)
    assert (verdict.status, session.asked) == (Status.SKIP, [])


@pytest.mark.parametrize("check", [null_sender.CHECK, foreign_sender.CHECK])
async def test_without_an_answer_nothing_is_known(check: Check) -> None:
    session = FakeSession({"mail": nothing(Disconnected(Stage.MAIL, "closed", None))})
    verdict, _ = await carried_out(check, Connected(session), offers(), options=BOTH)
    assert verdict.status is Status.SKIP


async def test_the_session_is_kept_for_them() -> None:
    session = FakeSession()
    await carried_out(sender.CHECK, Connected(session), offers(), options=BOTH)
    await carried_out(message.CHECK, Connected(session), offers(), options=BOTH)
    assert session.asked == [f"MAIL {ACCOUNT.sender}", "DATA"]
