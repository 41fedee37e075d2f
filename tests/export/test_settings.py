from __future__ import annotations

import msgspec
import pytest

from smtpwizard.export.settings import differences, settings, typed_flaw, understand
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.target import Target, TypedValues
from tests.export.accounts import SECRET, TARGETS, account


def written(target: str, of: Account) -> dict[str, str | None]:
    return {s.variable.name: s.value for s in settings(TARGETS[target], of, SECRET)}


def test_both_booleans_are_always_said() -> None:
    tls = written("prism", account(Security.TLS, 465))
    assert (tls["SMTP_USE_TLS"], tls["SMTP_USE_SSL"]) == ("false", "true")
    starttls = written("django", account())
    assert (starttls["EMAIL_USE_TLS"], starttls["EMAIL_USE_SSL"]) == ("True", "False")


@pytest.mark.parametrize(
    ("target", "name", "word"),
    [
        ("prism", "EMAIL_PROVIDER", "smtp"),
        ("khadem", "MAIL_DRIVER", "smtp"),
        ("laravel", "MAIL_MAILER", "smtp"),
        ("django", "EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
    ],
)
def test_the_driver_is_switched_to_smtp(target: str, name: str, word: str) -> None:
    assert written(target, account())[name] == word


def test_without_a_login_its_lines_must_not_be_there() -> None:
    found = written("khadem", account(username=None))
    assert found["SMTP_USERNAME"] is None
    assert found["SMTP_PASSWORD"] is None


def test_what_nothing_is_known_of_is_not_touched() -> None:
    assert "SMTP_FROM_NAME" not in written("generic", account())


@pytest.mark.parametrize("target", sorted(TARGETS))
@pytest.mark.parametrize(("security", "port"), [(Security.TLS, 465), (Security.STARTTLS, 587), (Security.NONE, 1025)])
def test_what_is_written_is_understood_as_it_was(target: str, security: Security, port: int) -> None:
    texts = {name: value for name, value in written(target, account(security, port)).items() if value is not None}
    understood = understand(TARGETS[target], texts)
    assert differences(understood, account(security, port), SECRET) == ()
    assert understood.missing == ()
    assert understood.warnings == ()


def test_what_differs_is_named_without_its_value() -> None:
    texts = {"SMTP_HOST": "other", "SMTP_PORT": "25", "SMTP_USERNAME": "me", "SMTP_PASSWORD": "wrong"}
    understood = understand(TARGETS["generic"], texts | {"SMTP_SECURITY": "none"})
    expected = ("host", "port", "security", "user name", "secret")
    assert differences(understood, account(Security.TLS, 465), SECRET) == expected


@pytest.mark.parametrize(
    ("target", "texts", "problem"),
    [
        ("generic", {}, "SMTP_HOST is not set"),
        ("generic", {"SMTP_HOST": "h", "SMTP_PORT": "587 # why"}, "is no port"),
        ("generic", {"SMTP_HOST": "h", "SMTP_PORT": "0"}, "is no port"),
        ("generic", {"SMTP_HOST": "h", "SMTP_PORT": "99999"}, "is no port"),
        ("generic", {"SMTP_HOST": "h", "SMTP_PORT": "000000587000"}, "is no port"),
        ("generic", {"SMTP_HOST": "h", "SMTP_PORT": "5" * 5000}, "is no port"),
        ("generic", {"SMTP_HOST": "h", "SMTP_SECURITY": "ssl"}, "no meaning"),
        ("prism", {"SMTP_HOST": "h", "SMTP_USE_SSL": "true"}, "SMTP_USE_TLS=true, SMTP_USE_SSL=true"),
        ("laravel", {"MAIL_HOST": "h", "MAIL_SCHEME": "tls"}, "no meaning"),
    ],
)
def test_settings_without_a_meaning_are_an_error_that_names_them(
    target: str, texts: dict[str, str], problem: str
) -> None:
    with pytest.raises(UsageError, match=problem.replace(".", r"\.")):
        understand(TARGETS[target], texts)


def test_the_programs_defaults_count_where_a_line_is_missing() -> None:
    understood = understand(TARGETS["django"], {"EMAIL_HOST": "h"})
    assert understood.account.port == 25
    assert understood.account.security is Security.NONE


def test_a_driver_that_does_not_send_is_pointed_out() -> None:
    assert "MAIL_MAILER" in understand(TARGETS["laravel"], {"MAIL_HOST": "h"}).warnings[0]


def test_a_user_name_without_a_password_is_missing_one() -> None:
    understood = understand(TARGETS["generic"], {"SMTP_HOST": "h", "SMTP_PORT": "25", "SMTP_USERNAME": "me"})
    assert understood.missing == ("SMTP_PASSWORD",)
    assert understood.secret is None


def test_laravels_null_is_nothing_and_its_quotes_go() -> None:
    texts = {"MAIL_HOST": "h", "MAIL_PORT": "587", "MAIL_USERNAME": "me", "MAIL_PASSWORD": "'x'", "MAIL_SCHEME": "null"}
    understood = understand(TARGETS["laravel"], texts)
    assert understood.secret == Secret("x")
    assert understand(TARGETS["laravel"], texts | {"MAIL_USERNAME": "null"}).account.username is None


def test_an_address_with_a_name_is_an_address() -> None:
    understood = understand(TARGETS["django"], {"EMAIL_HOST": "h", "DEFAULT_FROM_EMAIL": "Shop <a@b.test>"})
    assert understood.account.sender == "a@b.test"


def test_an_address_in_endless_comments_is_none() -> None:
    understood = understand(TARGETS["django"], {"EMAIL_HOST": "h", "DEFAULT_FROM_EMAIL": "<" + "(" * 9000})
    assert understood.account.sender is None


@pytest.mark.parametrize(
    ("value", "flawed"), [("null", True), ("TRUE", True), ("123456", True), ("'x'", True), ("x1", False), ("'", False)]
)
def test_words_that_a_program_turns_into_something_else_are_seen(value: str, flawed: bool) -> None:
    typed = TypedValues(("null",), ("true",), numbers=True, outer_quotes=True)
    assert (typed_flaw(typed, value) is not None) is flawed


def test_a_target_with_one_url_is_written_and_understood() -> None:
    login = "[{user}:{password}@]{host}:{port}"
    schemes = {"tls": f"smtps://{login}", "starttls": f"smtp://{login}?tls=required", "none": f"smtp://{login}"}
    raw = {
        "name": "One URL",
        "kind": "application",
        "reader": "strict",
        "security": {},
        "source": [],
        "variable": [
            {
                "name": "MAIL",
                "holds": "url",
                "percent_encoded": True,
                "values": schemes,
            }
        ],
    }
    target = msgspec.convert(raw, Target)
    for security, port in ((Security.TLS, 465), (Security.STARTTLS, 587), (Security.NONE, 25)):
        (setting,) = settings(target, account(security, port), Secret("a:b@c/#d"))
        assert setting.hides
        assert setting.value is not None
        understood = understand(target, {"MAIL": setting.value})
        assert understood.securities == (security,)
        assert understood.secret == Secret("a:b@c/#d")
        assert understood.account.port == port
