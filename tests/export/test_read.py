from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.export.plan import plan
from smtpwizard.export.read import read_back, read_env
from smtpwizard.export.write import write
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from tests.export.accounts import SECRET, TARGETS, account


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.mark.parametrize("target", sorted(TARGETS))
@pytest.mark.parametrize(("security", "port"), [(Security.TLS, 465), (Security.STARTTLS, 587), (Security.NONE, 1025)])
def test_a_written_file_reads_back_as_what_was_tested(target: str, security: Security, port: int, env: Path) -> None:
    tested = account(security, port)
    write(plan(TARGETS[target], tested, SECRET, env))
    read = read_back(TARGETS[target], env, (tested, SECRET))
    assert read.account == tested
    assert read.secret == SECRET
    assert read.differing == ()
    assert read.warnings == ()
    detected = read_env(env, None, TARGETS)
    assert (detected.account.host, detected.account.port) == (tested.host, port)
    assert detected.target.reader == TARGETS[target].reader or target == "django-decouple"


def test_a_file_with_another_secret_differs_in_it(env: Path) -> None:
    write(plan(TARGETS["generic"], account(), SECRET, env))
    assert read_back(TARGETS["generic"], env, (account(), Secret("other"))).differing == ("secret",)


def test_other_peoples_names_are_understood(env: Path) -> None:
    env.write_text("SMTP_SERVER=h\nSMTP_PORT=465\nSMTP_LOGIN=me\nSMTP_PASS=pw\n")
    read = read_env(env, None, TARGETS)
    assert read.target.id == "generic"
    assert read.account.security is Security.TLS
    assert read.account.username == "me"
    assert read.secret == Secret("pw")


def test_programs_that_read_the_same_are_not_asked_apart(env: Path) -> None:
    env.write_text("SMTP_HOST=h\nSMTP_PORT=2525\nSMTP_USERNAME=me\nSMTP_PASSWORD=pw\n")
    assert read_env(env, None, TARGETS).account.security is Security.STARTTLS


def test_programs_that_read_differently_are_listed(env: Path) -> None:
    env.write_text("SMTP_HOST=h\nSMTP_USERNAME=me\nSMTP_PASSWORD=pw\n")
    with pytest.raises(UsageError, match="--for: generic, prism, khadem"):
        read_env(env, None, TARGETS)


def test_readers_that_differ_on_the_password_are_listed(env: Path) -> None:
    env.write_text("EMAIL_HOST=h\nEMAIL_PORT=587\nEMAIL_HOST_USER=me\nEMAIL_HOST_PASSWORD=$x\nEMAIL_USE_TLS=1\n")
    with pytest.raises(UsageError, match="django, django-decouple"):
        read_env(env, None, TARGETS)
    assert read_env(env, "django-decouple", TARGETS).secret == Secret("$x")


def test_a_line_on_which_programs_differ_is_pointed_out(env: Path) -> None:
    env.write_text("SMTP_HOST=h\nSMTP_PORT=587\nSMTP_SECURITY=starttls\nSMTP_USERNAME=me\nSMTP_PASSWORD=a b # c\n")
    assert "Line 5" in read_env(env, None, TARGETS).warnings[0]


def test_a_variable_of_the_environment_that_wins_is_pointed_out(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(plan(TARGETS["generic"], account(), SECRET, env))
    monkeypatch.setenv("SMTP_HOST", "elsewhere.example.test")
    (warning,) = read_back(TARGETS["generic"], env).warnings
    assert "SMTP_HOST" in warning
    assert "elsewhere" not in warning


@pytest.mark.parametrize(
    ("content", "target", "words"),
    [
        (None, None, "no file"),
        (b"", None, "no names"),
        (b"A=1\n", None, "no names"),
        (b"A=\xff\n", None, "not UTF-8"),
        (b"SMTP_HOST=h\0", None, "NUL"),
        (b"SMTP_PORT=1\n", "generic", "SMTP_HOST is not set"),
        (b"SMTP_HOST=h\n", "nobody", "no target 'nobody'"),
        (b"MAIL_HOST=h h\nMAIL_SCHEME=smtp\n", "laravel", "line 1"),
        (b"MAIL_HOST=h h\nMAIL_SCHEME=smtp\n", None, "line 1"),
        (b"SMTP_HOST=h\nSMTP_PORT=70000\nSMTP_SECURITY=tls\n", None, "no port"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(content: bytes | None, target: str | None, words: str, env: Path) -> None:
    if content is not None:
        env.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read_env(env, target, TARGETS)


def test_no_error_shows_a_password(env: Path) -> None:
    env.write_text("MAIL_HOST=h\nMAIL_PASSWORD=hunter2 hunter3\n")
    with pytest.raises(UsageError) as refused:
        read_env(env, "laravel", TARGETS)
    assert "hunter" not in str(refused.value)
