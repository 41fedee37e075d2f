from __future__ import annotations

import pytest

from smtpwizard.export.security import possible, refusal
from smtpwizard.model.smtp import Security
from tests.export.accounts import TARGETS

TLS, STARTTLS, NONE = Security.TLS, Security.STARTTLS, Security.NONE


@pytest.mark.parametrize(
    ("target", "security", "port", "refused"),
    [
        ("laravel-10", TLS, 465, False),
        ("laravel-10", TLS, 2465, True),
        ("laravel-10", STARTTLS, 465, True),
        ("laravel-10", STARTTLS, 587, False),
        ("laravel", TLS, 2465, False),
        ("laravel", STARTTLS, 465, True),
        ("laravel", NONE, 1025, False),
        ("prism", STARTTLS, 465, True),
        ("prism", TLS, 587, True),
        ("prism", NONE, 587, True),
        ("prism", NONE, 1025, False),
        ("generic", STARTTLS, 465, False),
    ],
)
def test_what_a_program_cannot_be_told_is_refused_with_a_way_out(
    target: str, security: Security, port: int, refused: bool
) -> None:
    found = refusal(TARGETS[target], security, port)
    assert (found is not None) is refused
    assert found is None or (found.reason.endswith(".") and found.instead.endswith("."))


@pytest.mark.parametrize(
    ("target", "texts", "port", "expected"),
    [
        ("generic", {"SMTP_SECURITY": "TLS"}, 587, (TLS,)),
        ("generic", {}, 465, (TLS, STARTTLS, NONE)),
        ("generic", {}, 587, (STARTTLS, NONE, TLS)),
        ("generic", {"SMTP_SECURITY": "ssl"}, 465, ()),
        ("khadem", {"SMTP_ENCRYPTION": "tls"}, 465, (STARTTLS,)),
        ("khadem", {"SMTP_ENCRYPTION": "ssl"}, 587, (TLS,)),
        ("prism", {"SMTP_USE_TLS": "TRUE", "SMTP_USE_SSL": "0"}, 587, (STARTTLS,)),
        ("prism", {"SMTP_USE_TLS": "yes", "SMTP_USE_SSL": "no"}, 25, (NONE,)),
        ("django", {"EMAIL_USE_TLS": "yes", "EMAIL_USE_SSL": "False"}, 587, (STARTTLS,)),
        ("django", {"EMAIL_USE_TLS": "1", "EMAIL_USE_SSL": "on"}, 587, ()),
        ("laravel", {"MAIL_SCHEME": "smtp"}, 465, (TLS,)),
        ("laravel", {"MAIL_SCHEME": "smtps"}, 2465, (TLS,)),
        ("laravel", {"MAIL_SCHEME": "smtp"}, 587, (STARTTLS, NONE)),
        ("laravel", {"MAIL_SCHEME": "tls"}, 587, ()),
        ("laravel-10", {"MAIL_ENCRYPTION": "ssl"}, 2465, (STARTTLS, NONE)),
        ("laravel-10", {"MAIL_ENCRYPTION": "null"}, 465, (TLS,)),
    ],
)
def test_words_and_port_mean_what_they_mean_to_the_program(
    target: str, texts: dict[str, str], port: int, expected: tuple[Security, ...]
) -> None:
    assert possible(TARGETS[target], texts, port) == expected
