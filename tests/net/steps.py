"""Each step of a session, to be taken by tests of what holds for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from smtpwizard.model.ports import Heard
from smtpwizard.model.smtp import Mechanism
from smtpwizard.net.smtp import SmtpSession
from tests.net.hearing import PASSWORD


async def greet(session: SmtpSession, timeout: float) -> Heard:
    return await session.greeting(timeout)


async def introduce(session: SmtpSession, timeout: float) -> Heard:
    return (await session.ehlo("me", timeout))[0]


async def upgrade(session: SmtpSession, timeout: float) -> Heard:
    return await session.starttls(timeout)


async def log_in(session: SmtpSession, timeout: float) -> Heard:
    return await session.auth(Mechanism.PLAIN, "alice", PASSWORD, timeout)


async def send_from(session: SmtpSession, timeout: float) -> Heard:
    return await session.mail("a@mail.test", (), timeout)


async def send_to(session: SmtpSession, timeout: float) -> Heard:
    return await session.rcpt("b@mail.test", timeout)


async def forget(session: SmtpSession, timeout: float) -> Heard:
    return await session.rset(timeout)


async def ask_to_send(session: SmtpSession, timeout: float) -> Heard:
    return (await session.data(b"x", timeout))[0]


async def submit(session: SmtpSession, timeout: float) -> Heard:
    invited, taken = await session.data(b"x", timeout)
    return taken or invited


Take = Callable[[SmtpSession, float], Awaitable[Heard]]
