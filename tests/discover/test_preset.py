from __future__ import annotations

import msgspec
import pytest

from smtpwizard.discover.preset import (
    listed,
    near,
    provider_for_address,
    search,
    unknown,
)
from smtpwizard.model.provider import ProviderEndpoint
from smtpwizard.model.smtp import Security
from tests.checks.test_lint import GOOGLE

REPLACE = msgspec.structs.replace
GMAIL = REPLACE(
    GOOGLE,
    id="gmail",
    name="Gmail",
    rank=1,
    domains=("gmail.com", "googlemail.com"),
    aliases=("Google Mail",),
    endpoint=(ProviderEndpoint("smtp.gmail.com", 587, Security.STARTTLS),),
)
WORKSPACE = REPLACE(GMAIL, id="google-workspace", name="Google Workspace", rank=5, domains=())
SMALL = REPLACE(GMAIL, id="small", name="Ärmel Mail", rank=1000, domains=("small.test",), aliases=(), endpoint=())
LOCAL = REPLACE(
    GMAIL,
    id="mailpit",
    name="Mailpit",
    kind="local",
    aliases=(),
    domains=(),
    endpoint=(ProviderEndpoint("localhost", 1025, Security.NONE),),
)
ALL = {provider.id: provider for provider in (SMALL, WORKSPACE, LOCAL, GMAIL)}


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("alice@gmail.com", GMAIL),
        ("alice@GoogleMail.com.", GMAIL),
        ('"a@b"@small.test', SMALL),
        ("alice@mail.test", None),
        ("gmail.com", GMAIL),
        ("", None),
    ],
)
def test_a_provider_is_known_by_the_domain_of_an_address(address: str, provider: object) -> None:
    assert provider_for_address(ALL, address) is provider


def test_the_most_used_come_first() -> None:
    assert [provider.id for provider in listed(ALL)] == ["gmail", "mailpit", "google-workspace", "small"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["gmail", "mailpit", "google-workspace", "small"]),
        ("GOOGLE", ["gmail", "google-workspace"]),
        ("google work", ["google-workspace"]),
        ("small.test", ["small"]),
        ("ärmel", ["small"]),
        ("smtp.gmail", ["gmail", "google-workspace"]),
        ("[/b]", []),
    ],
)
def test_every_word_must_be_found(text: str, found: list[str]) -> None:
    assert [provider.id for provider in search(ALL, text)] == found


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("Google_Mail", ["gmail", "google-workspace"]),
        ("gmail.com", ["gmail"]),
        ("small.test", ["small"]),
        ("google", ["gmail", "google-workspace"]),
        ("gmial", ["gmail"]),
        ("mailpt", ["mailpit"]),
        ("gm", []),
        ("", []),
        ("([", []),
        ("x" * 10_000, []),
    ],
)
def test_an_unknown_name_is_near_to_those_that_may_be_meant(wanted: str, ids: list[str]) -> None:
    assert near(ALL, wanted) == ids


def test_what_is_unknown_is_said_with_the_way_on() -> None:
    assert unknown(ALL, "gmial") == "There is no provider 'gmial'. Near it: gmail."
    assert unknown(ALL, "no\x1bbody") == (
        r"There is no provider 'no\\x1bbody'. `smtpwizard providers` lists those that are known."
    )
