from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.evidence.settings import SecretShape
from smtpwizard.model.provider import Provider, tidied
from smtpwizard.model.secret import Secret, SecretFlaw
from smtpwizard.model.smtp import Security
from smtpwizard.wizard.inspection import inspect, removed
from tests.tui.world import PASSWORD, knowledge, ports

GMAIL = knowledge().providers["gmail"]
ACCOUNT = Account("smtp.gmail.com", 465, Security.TLS, provider="gmail", username="anna@gmail.com")


async def test_a_host_that_is_a_web_address_is_named_with_what_is_meant() -> None:
    inspection = await inspect(replace(ACCOUNT, host="https://mail.test/"), None, None, ports())
    (flaw,) = inspection.of("host")
    assert (flaw.flaw, flaw.suggestion) == ("scheme-in-host", "mail.test")


async def test_a_sender_that_is_no_address_belongs_to_its_field() -> None:
    inspection = await inspect(replace(ACCOUNT, sender="anna"), None, GMAIL, ports())
    assert [flaw.flaw for flaw in inspection.of("sender")] == ["not-an-address"]


async def test_an_app_password_has_the_right_shape() -> None:
    shape = (await inspect(ACCOUNT, Secret(PASSWORD), GMAIL, ports())).shape
    assert shape is not None
    assert shape.matches


async def test_the_account_password_is_recognised_by_its_shape() -> None:
    shape = (await inspect(ACCOUNT, Secret("Summer-2026!"), GMAIL, ports())).shape
    assert shape is not None
    assert shape.looks_like == "the password of the Google account"


async def test_a_secret_is_looked_at_before_the_user_name_is_typed() -> None:
    inspection = await inspect(replace(ACCOUNT, username=None), Secret("Summer-2026!"), GMAIL, ports())
    assert inspection.shape is not None
    assert not inspection.shape.matches
    assert inspection.settings == ()


@pytest.mark.parametrize(
    "pasted",
    ["abcd efgh ijkl mnop", " abcdefghijklmnop\n", "abcd\u00a0efgh\u00a0ijkl\u00a0mnop", "abcd\u200befgh ijklmnop"],
)
def test_spaces_of_every_kind_leave_a_secret_that_is_shown_in_groups(pasted: str) -> None:
    clean = tidied(Secret(pasted), GMAIL, typed=True)
    assert clean == Secret(PASSWORD)
    assert removed(Secret(pasted), clean)


def test_inner_spaces_stay_in_a_secret_that_may_have_them() -> None:
    pasted = Secret(" correct horse \r\n")
    clean = tidied(pasted, knowledge().providers["custom"], typed=True)
    assert clean == Secret("correct horse")
    assert SecretFlaw.LINE_BREAK in removed(pasted, clean)


def test_a_clean_secret_loses_nothing() -> None:
    assert removed(Secret(PASSWORD), tidied(Secret(PASSWORD), GMAIL, typed=True)) == ()


REAL = load_knowledge().providers
"""The providers that come with the program."""
GROUPED = [
    provider.id for provider in REAL.values() if provider.secret.pattern == "[a-z]{16}" and provider.kind == "mailbox"
]
SPACES = " \u00a0\u2007\u202f\u200b\t"
BASE64 = string.ascii_letters + string.digits + "+/"


def shape_of(provider: Provider, pasted: str) -> SecretShape | None:
    """What is said of a pasted secret, after what a paste adds was taken out."""
    account = replace(ACCOUNT, provider=provider.id, username=provider.username.literal or "anna@example.com")
    return asyncio.run(inspect(account, tidied(Secret(pasted), provider, typed=True), provider, ports())).shape


def ses_password(secret_access_key: str, region: str) -> str:
    """The SMTP password that belongs to a secret access key in a region, as AWS documents it."""
    signature = b"AWS4" + secret_access_key.encode()
    for part in ("11111111", region, "ses", "aws4_request", "SendRawEmail"):
        signature = hmac.new(signature, part.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + signature).decode()


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("gmail", "abcd efgh ijkl mnop"),
        ("google-workspace", "abcdefghijklmnop"),
        ("yahoo", "abcd efgh ijkl mnop"),
        ("aol", "abcdefghijklmnop"),
        ("yandex", "abcdefghijklmnop"),
        ("qq", "abcdefghijklmnop"),
        ("icloud", "abcd-efgh-ijkl-mnop"),
        ("fastmail", "ab3d efg5 hijk 7mno"),
        ("sendgrid", f"SG.{'a' * 22}.{'B' * 43}"),
        ("resend", "re_AbCdEfGh_0123456789abcdefgh"),
        ("brevo", f"xsmtpsib-{'0a' * 32}-AbCdEfGh12345678"),
        ("mailjet", "0a" * 16),
        ("mandrill", "md-AbCdEfGh-_12345678901x"),
        ("postmark", "0a1b2c3d-0000-4000-8000-1234567890ab"),
        ("scaleway-tem", "0a1b2c3d-0000-4000-8000-1234567890ab"),
        ("mailtrap", "0a" * 16),
        ("mailtrap-sandbox", "0a" * 7),
        ("sparkpost", "0a" * 20),
        ("zoho", "AbCdEfGh1234"),
        ("netease-163", "ABCDEFGHIJKLMNOP"),
    ],
)
def test_a_secret_of_the_right_kind_is_said_to_be_right(name: str, secret: str) -> None:
    shape = shape_of(REAL[name], secret)
    assert shape is not None
    assert shape.matches


@pytest.mark.parametrize(
    ("name", "secret", "looks_like"),
    [
        ("gmail", "Summer-2026!", "the password of the Google account"),
        ("gmail", "123456", "a verification code"),
        ("gmail", "ya29.a0AfB_byC", "an OAuth 2.0 access token"),
        ("gmail", "GOCSPX-abcdefgh", "the client secret"),
        ("yahoo", "Summer-2026!", "the password of the account"),
        ("yandex", "Summer-2026!", "the password of the account"),
        ("qq", "12345678", "a QQ number"),
        ("icloud", "Summer2026x", "the password of the Apple Account"),
        ("fastmail", "fmu1-abc-def", "an API token"),
        ("sendgrid", "a" * 22, "the id of the API key"),
        ("sendgrid", f"SG.{'a' * 22}", "a part of the API key"),
        ("sendgrid", f"SG.{'a' * 22}.{'B' * 43}#", "a part of the API key, or more than it"),
        ("brevo", "xkeysib-0123456789abcdef-AbCdEfGh", "an API key; SMTP needs an SMTP key"),
        ("mailersend", "mlsn.0123456789abcdef", "an API token"),
        ("mailgun", f"key-{'0a' * 16}", "an API key of Mailgun"),
        ("mandrill", f"{'0a' * 16}-us12", "an API key of Mailchimp"),
        ("smtp2go", f"api-{'0A' * 16}", "an API key"),
        ("zeptomail", "Zoho-enczapikey wSsVR60k", "the token with the word"),
        ("azure-acs", "0a1b2c3d-0000-4000-8000-1234567890ab", "the id of the client secret"),
        ("scaleway-tem", "SCWABCDEFGHIJKLMNOPQ", "the access key"),
        ("cloudflare-email", "0" * 37, "the Global API Key"),
        ("amazon-ses", "AKIAIOSFODNN7EXAMPLE", "the access key id, which is the user name"),
        ("amazon-ses", "ASIAIOSFODNN7EXAMPLE", "a temporary access key id"),
        ("mailtrap", "0a" * 7, "the password of a sandbox"),
        ("mailtrap-sandbox", "0a" * 16, "an API token"),
    ],
)
def test_a_secret_of_another_kind_is_said_to_be_that(name: str, secret: str, looks_like: str) -> None:
    shape = shape_of(REAL[name], secret)
    assert shape is not None
    assert not shape.matches
    assert (shape.looks_like or "").startswith(looks_like)


def test_the_secret_key_of_aws_is_told_from_the_smtp_password_with_what_to_do() -> None:
    shape = shape_of(REAL["amazon-ses"], "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert shape is not None
    assert not shape.matches
    assert "the secret access key of IAM" in (shape.looks_like or "")
    assert "Create SMTP credentials" in (shape.looks_like or "")


@given(
    st.text(BASE64, min_size=40, max_size=40), st.sampled_from([e.region or "" for e in REAL["amazon-ses"].endpoint])
)
def test_every_smtp_password_of_ses_is_recognised_and_no_secret_key_is(secret_access_key: str, region: str) -> None:
    password = ses_password(secret_access_key, region)
    right, wrong = (shape_of(REAL["amazon-ses"], text) for text in (password, secret_access_key))
    assert right is not None
    assert right.matches
    assert wrong is not None
    assert not wrong.matches
    assert "secret access key" in (wrong.looks_like or "")


@given(st.sampled_from(GROUPED), st.text(string.ascii_lowercase, min_size=16, max_size=16), st.data())
def test_spaces_of_every_kind_and_place_leave_an_app_password_right(
    name: str, letters: str, data: st.DataObject
) -> None:
    spaces = data.draw(st.lists(st.text(SPACES, max_size=2), min_size=17, max_size=17))
    pasted = spaces[0] + "".join(letter + space for letter, space in zip(letters, spaces[1:], strict=True))
    shape = shape_of(REAL[name], pasted)
    assert shape is not None
    assert shape.matches


@given(st.sampled_from(GROUPED), st.text(string.printable.strip(), min_size=1, max_size=40))
def test_nothing_but_sixteen_letters_is_an_app_password(name: str, text: str) -> None:
    shape = shape_of(REAL[name], text)
    assert shape is not None
    assert shape.matches == (re.fullmatch("[a-z]{16}", "".join(text.split())) is not None)


@given(
    st.sampled_from([p for p in REAL.values() if p.secret.usual]), st.text(string.printable, min_size=1, max_size=80)
)
def test_a_shape_that_is_not_certain_refuses_nothing(provider: Provider, text: str) -> None:
    shape = shape_of(provider, text)
    assert shape is None or shape.matches or shape.looks_like is not None
