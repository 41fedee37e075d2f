from __future__ import annotations

import msgspec
import pytest

from smtpwizard.checks.login import CHECK, choose
from smtpwizard.checks.products import Connected, Credentials, Introduced
from smtpwizard.model.evidence.dialogue import AuthAttempt
from smtpwizard.model.ports import Heard
from smtpwizard.model.provider import Provider, SecretRule
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions, Mechanism
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, FakeSession, carried_out, nothing, said
from tests.checks.test_lint import GOOGLE

BASE = msgspec.structs.replace(GOOGLE, secret=SecretRule("smtp-password"))


def offering(*mechanisms: str, starttls: bool = False) -> Introduced:
    return Introduced(Extensions(("STARTTLS",) if starttls else (), mechanisms, None))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (said(235, "ok", AuthAttempt("accepted", "PLAIN", ("PLAIN",), 1)), Status.PASS),
        (said(535, "no", AuthAttempt("refused", "PLAIN", ("PLAIN",), 1)), Status.FAIL),
        (nothing(AuthAttempt("bad-challenge", "PLAIN", ("PLAIN",), 1)), Status.FAIL),
    ],
)
async def test_the_server_decides_and_is_asked_once(answer: Heard, status: Status) -> None:
    session = FakeSession({"auth": answer})
    verdict, recorded = await carried_out(CHECK, Connected(session), offering("PLAIN", "LOGIN"))
    assert verdict.status is status
    assert tuple(recorded) == answer.evidence
    assert session.asked == ["AUTH PLAIN alice"]


@pytest.mark.parametrize(("starttls", "outcome"), [(False, "not-offered"), (True, "needs-tls")])
async def test_nothing_is_sent_where_no_log_in_is_offered(starttls: bool, outcome: str) -> None:
    session = FakeSession(encrypted=False)
    verdict, recorded = await carried_out(CHECK, Connected(session), offering(starttls=starttls))
    assert verdict.status is Status.FAIL
    assert [item.outcome for item in recorded if isinstance(item, AuthAttempt)] == [outcome]
    assert session.asked == []


async def test_a_mechanism_we_do_not_speak_is_not_tried() -> None:
    session = FakeSession()
    verdict, recorded = await carried_out(CHECK, Connected(session), offering("GSSAPI", "NTLM"))
    assert verdict.status is Status.FAIL
    assert recorded == [AuthAttempt("mechanism-unsupported", None, ("GSSAPI", "NTLM"), 0)]
    assert session.asked == []


async def test_a_log_in_that_the_session_forbids_is_said_to_be_forbidden() -> None:
    session = FakeSession(forbidden=True)
    verdict, recorded = await carried_out(CHECK, Connected(session), offering("PLAIN"))
    assert verdict.status is Status.FAIL
    assert recorded == [AuthAttempt("cleartext-refused", Mechanism.PLAIN, ("PLAIN",), 0)]


async def test_the_keyring_s_secret_goes_before_the_given_one() -> None:
    session = FakeSession()
    await carried_out(
        CHECK, Connected(session), offering("PLAIN"), Credentials(Secret("stored")), secret=Secret("given")
    )
    assert session.secret == Secret("stored")


async def test_the_secret_goes_out_as_it_was_given() -> None:
    session = FakeSession()
    provider = msgspec.structs.replace(BASE, secret=SecretRule("app-password", spaces="strip"))
    await carried_out(CHECK, Connected(session), offering("PLAIN"), secret=Secret("abcd efgh"), provider=provider)
    assert session.secret == Secret("abcd efgh")


@pytest.mark.parametrize(
    ("wanted", "provider", "offered", "chosen"),
    [
        (None, None, ("LOGIN", "PLAIN"), Mechanism.PLAIN),
        (None, None, ("CRAM-MD5", "LOGIN"), Mechanism.LOGIN),
        (None, None, ("CRAM-MD5", "SCRAM-SHA-256"), Mechanism.SCRAM_SHA_256),
        (None, None, ("XOAUTH2",), None),
        (None, None, (), None),
        ("cram-md5", None, ("PLAIN",), Mechanism.CRAM_MD5),
        ("GSSAPI", None, ("PLAIN", "GSSAPI"), None),
        (None, msgspec.structs.replace(BASE, mechanisms=("LOGIN",)), ("PLAIN", "LOGIN"), Mechanism.LOGIN),
        (None, msgspec.structs.replace(BASE, mechanisms=("XOAUTH2",)), ("PLAIN", "LOGIN"), Mechanism.PLAIN),
        (
            None,
            msgspec.structs.replace(
                BASE, secret=SecretRule("oauth2-only"), status="password-ended", mechanisms=("XOAUTH2",)
            ),
            ("LOGIN", "XOAUTH2"),
            Mechanism.XOAUTH2,
        ),
    ],
)
def test_one_mechanism_is_chosen(
    wanted: str | None, provider: Provider | None, offered: tuple[str, ...], chosen: Mechanism | None
) -> None:
    assert choose(msgspec.structs.replace(ACCOUNT, mechanism=wanted), provider, offered) is chosen
