from __future__ import annotations

import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.checks.lint import CHECK, is_local
from smtpwizard.model.account import Account
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.provider import Lookalike, Provider, ProviderEndpoint, SecretRule, Source, Username
from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from tests.checks.fakes import ACCOUNT, carried_out

GOOGLE = Provider(
    name="Google",
    kind="mailbox",
    status="works",
    checked=datetime.date(2026, 1, 1),
    source=(Source("https://support.google.com", datetime.date(2026, 1, 1)),),
    username=Username("email"),
    secret=SecretRule("app-password", "[a-z]{16}", "strip", lookalike=(Lookalike("[0-9]{6}", "a log-in code"),)),
    endpoint=(ProviderEndpoint("smtp.google.test", 2587, Security.STARTTLS, preferred=True),),
)
SENDGRID = msgspec.structs.replace(GOOGLE, username=Username("literal", "apikey"))
AMAZON = msgspec.structs.replace(GOOGLE, username=Username("smtp-login", pattern="AKIA[A-Z0-9]{16}"))


async def flaws_of(account: Account, provider: Provider | None = None) -> tuple[Status, list[SettingFlaw]]:
    verdict, recorded = await carried_out(CHECK, account=account, provider=provider)
    return verdict.status, [item for item in recorded if isinstance(item, SettingFlaw)]


def with_host(host: str) -> Account:
    return msgspec.structs.replace(ACCOUNT, host=host)


@pytest.mark.parametrize(
    "host",
    ["mail.test", "mail.test.", "localhost", "192.0.2.1", "::1", "[2001:db8::1]", "bücher.example", "my_host.test"],
)
async def test_a_host_that_can_work_is_not_remarked_on(host: str) -> None:
    assert await flaws_of(with_host(host)) == (Status.PASS, [])


@pytest.mark.parametrize(
    ("host", "flaw", "suggestion", "status"),
    [
        ("", "empty", None, Status.FAIL),
        ("  ", "empty", None, Status.FAIL),
        ("https://mail.test/path", "scheme-in-host", "mail.test", Status.FAIL),
        ("smtp://mail.test:587", "scheme-in-host", "mail.test", Status.FAIL),
        ("mail.test:587", "port-in-host", "mail.test", Status.FAIL),
        ("mail.test/", "path-in-host", "mail.test", Status.FAIL),
        ("alice@mail.test", "address-in-host", None, Status.FAIL),
        ('"mail.test"', "quoted", "mail.test", Status.FAIL),
        ("“mail.test”", "quoted", "mail.test", Status.FAIL),
        ("mail.test ", "blank", "mail.test", Status.FAIL),
        ("mail.\u00a0test", "blank", "mail.test", Status.FAIL),
        ("mail\u200b.test", "blank", "mail.test", Status.FAIL),
        ("mail.test\n", "control-character", "mail.test", Status.FAIL),
        ("mail\x00.test", "control-character", "mail\x00.test", Status.FAIL),
        ("mail..test", "not-a-host-name", None, Status.FAIL),
        ("-mail.test", "not-a-host-name", None, Status.FAIL),
        ("mail,test", "not-a-host-name", None, Status.FAIL),
        ("a" * 64 + ".test", "not-a-host-name", None, Status.FAIL),
        (".", "not-a-host-name", None, Status.FAIL),
        ("smpt.gmail.com", "typo", "smtp.gmail.com", Status.WARN),
        ("STMP.gmail.com", "typo", "smtp.gmail.com", Status.WARN),
        ("smtp.gmail.con", "typo", "smtp.gmail.com", Status.WARN),
    ],
)
async def test_what_is_wrong_with_a_host_is_named(host: str, flaw: str, suggestion: str | None, status: Status) -> None:
    found_status, found = await flaws_of(with_host(host))
    assert [(item.field, item.flaw) for item in found] == [("host", flaw)]
    if "\x00" not in host:
        assert found[0].suggestion == suggestion
    assert found_status is status
    assert found[0].value.isprintable()


async def test_commas_in_a_known_name_lead_to_the_name() -> None:
    _, recorded = await carried_out(CHECK, account=with_host("smtp,gmail,com"), known_hosts=("smtp.gmail.com",))
    assert [(item.flaw, item.suggestion) for item in recorded if isinstance(item, SettingFlaw)] == [
        ("not-a-host-name", "smtp.gmail.com")
    ]


@pytest.mark.parametrize(
    ("port", "security", "flaw", "status"),
    [
        (0, Security.STARTTLS, "port-out-of-range", Status.FAIL),
        (70000, Security.STARTTLS, "port-out-of-range", Status.FAIL),
        (-1, Security.TLS, "port-out-of-range", Status.FAIL),
        (465, Security.STARTTLS, "unusual-for-port", Status.WARN),
        (587, Security.TLS, "unusual-for-port", Status.WARN),
        (587, Security.NONE, "unusual-for-port", Status.WARN),
    ],
)
async def test_what_is_wrong_with_a_port_is_named(port: int, security: Security, flaw: str, status: Status) -> None:
    found_status, found = await flaws_of(Account("mail.test", port, security))
    assert [item.flaw for item in found] == [flaw]
    assert found_status is status
    assert found[0].suggestion


async def test_a_port_without_a_habit_is_not_remarked_on() -> None:
    for port, security in ((25, Security.NONE), (2525, Security.STARTTLS), (465, Security.TLS)):
        assert await flaws_of(Account("mail.test", port, security)) == (Status.PASS, [])
    assert await flaws_of(Account("localhost", 587, Security.NONE)) == (Status.PASS, [])


async def test_the_provider_knows_the_port_to_take() -> None:
    _, found = await flaws_of(msgspec.structs.replace(ACCOUNT, port=0, username=None), GOOGLE)
    assert found[0].suggestion == "2587"


@pytest.mark.parametrize(
    ("username", "provider", "flaw"),
    [
        ("", None, "empty"),
        (" alice", None, "outer-space"),
        ("alice\n", None, "control-character"),
        ("al\x00ice", None, "control-character"),
        ("alice", GOOGLE, "no-address"),
        ("alice", SENDGRID, "not-the-literal"),
        ("alice@mail.test", AMAZON, "other-shape"),
        ("AKIAIOSFODNN7EXAMPL", AMAZON, "other-shape"),
        (" AKIAIOSFODNN7EXAMPLE", AMAZON, "outer-space"),
    ],
)
async def test_what_is_wrong_with_a_user_name_is_named(username: str, provider: Provider | None, flaw: str) -> None:
    _, found = await flaws_of(msgspec.structs.replace(ACCOUNT, username=username), provider)
    assert [(item.field, item.flaw) for item in found] == [("username", flaw)]


async def test_a_user_name_of_the_shape_that_the_provider_gives_out_is_right() -> None:
    _, found = await flaws_of(msgspec.structs.replace(ACCOUNT, username="AKIAIOSFODNN7EXAMPLE"), AMAZON)
    assert found == []


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("", None),
        ("alice", None),
        ("Alice <alice@mail.test>", "alice@mail.test"),
        ("alice@mail.test\r\nRCPT TO:<x@y.test>", "alice@mail.test"),
        ("alice@\x00", None),
    ],
)
async def test_what_is_no_address_is_never_sent(address: str, suggestion: str | None) -> None:
    for field, account in (
        ("from", msgspec.structs.replace(ACCOUNT, sender=address)),
        ("to", msgspec.structs.replace(ACCOUNT, recipient=address)),
    ):
        status, found = await flaws_of(account)
        assert [(item.field, item.flaw) for item in found] == [(field, "not-an-address")]
        assert status is Status.FAIL
        if "\x00" not in address:
            assert found[0].suggestion == suggestion


@given(st.text(max_size=30), st.integers(), st.text(max_size=30), st.text(max_size=30))
async def test_no_setting_is_a_crash(host: str, port: int, username: str, sender: str) -> None:
    account = Account(host, port, Security.STARTTLS, username=username, sender=sender)
    _, found = await flaws_of(account, GOOGLE)
    assert all(item.value.isprintable() for item in found)


@pytest.mark.parametrize(
    ("value", "flaw", "status"),
    [
        ("", "empty", Status.FAIL),
        ("x" * (MAX_SECRET_LENGTH + 2000), "too-long", Status.FAIL),
        ("hunter2\n", "line-break", Status.FAIL),
        ('"hunter2"', "quoted", Status.WARN),
        (" hunter2", "outer-space", Status.WARN),
        ("hun\u200bter2", "invisible-character", Status.WARN),
    ],
)
async def test_what_a_paste_did_to_the_secret_is_found_before_it_is_sent(value: str, flaw: str, status: Status) -> None:
    verdict, recorded = await carried_out(CHECK, secret=Secret(value))
    assert verdict.status is status
    assert flaw in [item.flaw for item in recorded if isinstance(item, SecretFlawed)]
    assert "hunter2" not in repr(recorded)


@pytest.mark.parametrize(
    ("value", "matches", "looks_like", "status"),
    [
        ("abcdefghijklmnop", True, None, Status.PASS),
        ("123456", False, "a log-in code", Status.WARN),
        ("My-Account-Password1", False, None, Status.WARN),
    ],
)
async def test_the_shape_of_the_secret_is_compared_with_the_provider_s(
    value: str, matches: bool, looks_like: str | None, status: Status
) -> None:
    account = msgspec.structs.replace(ACCOUNT, username="alice@google.test")
    verdict, recorded = await carried_out(CHECK, account=account, secret=Secret(value), provider=GOOGLE)
    (shape,) = [item for item in recorded if isinstance(item, SecretShape)]
    assert (shape.matches, shape.looks_like) == (matches, looks_like)
    assert verdict.status is status


async def test_the_spaces_of_a_grouped_secret_are_no_part_of_its_shape() -> None:
    _, recorded = await carried_out(CHECK, secret=Secret("abcd efgh\u00a0ijkl mnop"), provider=GOOGLE)
    assert [item.matches for item in recorded if isinstance(item, SecretShape)] == [True]


@pytest.mark.parametrize(
    "account",
    [
        with_host("smtp://alice:other-Password1@mail.test:587"),
        with_host("hunter2-Zebra/"),
        msgspec.structs.replace(ACCOUNT, username=" hunter2-Zebra"),
        msgspec.structs.replace(ACCOUNT, sender="hunter2-Zebra"),
    ],
)
async def test_a_secret_in_the_wrong_field_is_not_shown(account: Account) -> None:
    verdict, recorded = await carried_out(CHECK, account=account, secret=Secret("hunter2-Zebra"))
    assert verdict.status is Status.FAIL or verdict.status is Status.WARN
    assert "hunter2" not in repr(recorded)
    assert "other-Password1" not in repr(recorded)


async def test_a_secret_nobody_will_send_is_not_looked_at() -> None:
    verdict, recorded = await carried_out(
        CHECK, account=msgspec.structs.replace(ACCOUNT, username=None), secret=Secret("x\n")
    )
    assert (verdict.status, recorded) == (Status.PASS, [])


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.0.0.5", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("a", False),
    ],
)
def test_this_machine_is_known_by_name_and_address(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.parametrize(
    ("host", "suggestion"),
    [
        ("smtp.gmial.com", "smtp.gmail.com"),
        ("smpt.gmail.com", "smtp.gmail.com"),
        ("smtp.gmail.con", "smtp.gmail.com"),
        ("smtp.gmail.com", None),
        ("smtp.mail.com", None),
        ("smtps.example.net", None),
    ],
)
async def test_a_slip_of_a_known_host_is_warned_of_before_anything_is_dialled(
    host: str, suggestion: str | None
) -> None:
    known = ("smtp.gmail.com", "smtps.example.net")
    verdict, recorded = await carried_out(CHECK, account=with_host(host), known_hosts=known)
    assert verdict.status is (Status.WARN if suggestion else Status.PASS)
    assert [item.suggestion for item in recorded if isinstance(item, SettingFlaw)] == (
        [suggestion] if suggestion else []
    )


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("localhost", "ehlo-localhost"),
        ("laptop", "ehlo-not-qualified"),
        ("192.168.1.7", "ehlo-bare-address"),
        ("my_laptop.example.test", "ehlo-not-a-host-name"),
        ("-laptop.example.test", "ehlo-not-a-host-name"),
    ],
)
async def test_a_name_that_servers_refuse_in_ehlo_is_warned_of(name: str, flaw: str) -> None:
    verdict, recorded = await carried_out(CHECK, options=Options(ehlo_name=name))
    assert [item.flaw for item in recorded if isinstance(item, SettingFlaw)] == [flaw]
    assert verdict.status is Status.WARN


@pytest.mark.parametrize("name", [None, "laptop.example.test", "[192.168.1.7]", "[IPv6:::1]", "laptop.example.test."])
async def test_a_name_that_is_fit_for_ehlo_is_not_warned_of(name: str | None) -> None:
    verdict, recorded = await carried_out(CHECK, options=Options(ehlo_name=name))
    assert (verdict.status, recorded) == (Status.PASS, [])
