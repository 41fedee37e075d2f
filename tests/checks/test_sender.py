from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.letter import Letter
from smtpwizard.checks.products import Connected, Introduced
from smtpwizard.checks.sender import CHECK
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.dialogue import MissingExtension
from smtpwizard.model.smtp import Extensions
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeSession, carried_out, said

PLAIN = Introduced(Extensions((), (), None))
PIPELINING = Introduced(Extensions(("PIPELINING",), (), None))


@pytest.mark.parametrize(
    ("offers", "options", "line"),
    [
        (PLAIN, Options(), "MAIL a@mail.test"),
        (PIPELINING, Options(), "MAIL a@mail.test +rset"),
        (PIPELINING, Options(send=True), "MAIL a@mail.test +data"),
    ],
)
async def test_the_envelope_goes_out_at_once_where_the_server_allows(
    offers: Introduced, options: Options, line: str
) -> None:
    session = FakeSession()
    verdict, _ = await carried_out(CHECK, Connected(session), offers, options=options)
    assert verdict.status is Status.PASS
    assert session.asked == [line]


@pytest.mark.parametrize("code", [421, 450, 530, 550, 553])
async def test_a_refused_sender_is_a_failure(code: int) -> None:
    session = FakeSession({"mail": said(code, "no")})
    verdict, _ = await carried_out(CHECK, Connected(session), PLAIN)
    assert verdict.status is Status.FAIL
    assert "RSET" not in session.asked


UTF8 = Introduced(Extensions(("SMTPUTF8",), (), None))


async def test_an_internationalised_address_asks_for_smtputf8() -> None:
    session = FakeSession()
    account = msgspec.structs.replace(ACCOUNT, sender="ä@mail.test")
    await carried_out(CHECK, Connected(session), UTF8, account=account)
    assert session.asked == ["MAIL ä@mail.test SMTPUTF8"]


@pytest.mark.parametrize(("sender", "recipient"), [("ä@mail.test", "b@mail.test"), ("a@mail.test", "ä@bücher.test")])
async def test_a_server_without_smtputf8_is_not_told_such_an_address(sender: str, recipient: str) -> None:
    session = FakeSession()
    account = msgspec.structs.replace(ACCOUNT, sender=sender, recipient=recipient)
    verdict, recorded = await carried_out(CHECK, Connected(session), PLAIN, account=account)
    assert (verdict.status, recorded, session.asked) == (Status.FAIL, [MissingExtension("SMTPUTF8")], [])


async def test_a_domain_alone_needs_no_smtputf8() -> None:
    session = FakeSession()
    account = msgspec.structs.replace(ACCOUNT, sender="a@bücher.test")
    await carried_out(CHECK, Connected(session), PLAIN, account=account)
    assert session.asked == ["MAIL a@xn--bcher-kva.test"]


async def test_without_a_recipient_the_transaction_is_given_up() -> None:
    session = FakeSession()
    account = msgspec.structs.replace(ACCOUNT, recipient=None)
    await carried_out(CHECK, Connected(session), PLAIN, account=account)
    assert session.asked == ["MAIL a@mail.test", "RSET"]


@pytest.mark.parametrize(("size", "said"), [(1000, True), (0, True), (None, False)])
async def test_the_size_of_the_message_is_said_where_the_server_takes_it(size: int | None, said: bool) -> None:
    session = FakeSession()
    offers = Introduced(Extensions(("SIZE",) if size is not None else (), (), size))
    verdict, _ = await carried_out(CHECK, Connected(session), offers, options=Options(send=True))
    (letter,) = verdict.gives
    assert isinstance(letter, Letter)
    assert session.asked == ["MAIL a@mail.test" + (f" SIZE={len(letter.octets)}" if said else "")]
