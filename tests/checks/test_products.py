from __future__ import annotations

from smtpwizard.checks.products import Connected, Credentials
from smtpwizard.model.secret import Secret
from tests.checks.fakes import FakeSession


async def test_leaving_takes_leave_of_the_server() -> None:
    session = FakeSession()
    await Connected(session).leave()
    assert session.asked == ["QUIT"]


def test_what_is_handed_on_does_not_show_the_secret() -> None:
    assert "hunter2" not in repr(Credentials(Secret("hunter2")))
