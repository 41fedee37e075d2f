from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from smtpwizard.export.plan import Plan, plan
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from tests.export.accounts import SECRET, TARGETS, account


def planned(target: str, path: Path | None, of: Account | None = None, secret: Secret = SECRET) -> Plan:
    home = path.parent if path is not None else Path.cwd()
    return plan(TARGETS[target], of or account(), secret, path, home=home)


def test_a_plan_shows_everything_but_the_secret(tmp_path: Path) -> None:
    made = planned("generic", tmp_path / ".env")
    assert made.preview == (
        "SMTP_HOST=smtp.example.test\nSMTP_PORT=587\nSMTP_USERNAME=me@example.test\nSMTP_PASSWORD=••••••\n"
        "SMTP_SECURITY=starttls\nSMTP_FROM=me@example.test\n"
    )
    assert made.diff.startswith("--- /dev/null\n")
    assert "SMTP_PASSWORD='hunter2 is#mine'\n" in made.text
    for shown in (made.preview, made.diff, repr(made), *made.warnings):
        assert "hunter2" not in shown


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_token_that_is_the_user_name_too_is_shown_nowhere(target: str, tmp_path: Path) -> None:
    token = "8f14e45f-ceea-467f-a0e6-1c2d3e4f5a6b"
    path = tmp_path / ".env"
    path.write_text("MAIL_USERNAME=0ld-t0ken\nMAIL_PASSWORD=0ld-t0ken\n")
    made = planned(target, path, account(username=token), Secret(token))
    assert token in made.text
    for shown in (made.preview, made.diff, repr(made.lines)):
        assert token not in shown
    assert target != "laravel" or "0ld" not in made.diff


def test_without_a_path_the_lines_are_made_all_the_same() -> None:
    made = planned("khadem", None)
    assert made.diff == ""
    assert made.text.startswith("MAIL_DRIVER=smtp\n")


@pytest.mark.parametrize(
    ("target", "of", "secret", "reason"),
    [
        ("laravel-10", account(Security.TLS, 2465), SECRET, "only on port 465"),
        ("prism", account(Security.STARTTLS, 465), SECRET, "stops at the start"),
        ("khadem", account(), Secret("pa$word"), "SMTP_PASSWORD"),
        ("laravel", account(), Secret("(null)"), "no value at all"),
        ("laravel", account(), Secret("TRUE"), "true or false"),
        ("laravel", account(), Secret("'quoted'"), "without the quotes"),
        ("generic", account(), Secret(""), "no secret"),
        ("generic", msgspec.structs.replace(account(), mechanism="XOAUTH2"), SECRET, "access token"),
        ("generic", msgspec.structs.replace(account(), host="a\nb"), SECRET, "SMTP_HOST"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_way_out(
    target: str, of: Account, secret: Secret, reason: str, tmp_path: Path
) -> None:
    made = planned(target, tmp_path / ".env", of, secret)
    assert reason in made.refusals[0].reason
    assert made.refusals[0].way_out.endswith(".")
    assert made.text == ""


def test_all_refusals_come_together(tmp_path: Path) -> None:
    made = planned("laravel-10", tmp_path / ".env", account(Security.TLS, 2465), Secret("null"))
    assert len(made.refusals) == 2


def test_a_number_stays_a_password_for_laravel(tmp_path: Path) -> None:
    assert planned("laravel", tmp_path / ".env", secret=Secret("123456")).refusals == ()


def test_a_file_that_says_it_all_already_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(planned("django", path).text.encode())
    again = planned("django", path)
    assert again.text.encode() == path.read_bytes()
    assert again.diff == ""


def test_the_name_given_to_an_address_is_kept(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("DEFAULT_FROM_EMAIL='Shop <me@example.test>'\n")
    assert "DEFAULT_FROM_EMAIL='Shop <me@example.test>'\n" in planned("django", path).text


def test_a_url_that_would_win_over_the_settings_is_taken_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("MAIL_URL=smtp://old:hidden@host:25\nAPP_NAME=x\n")
    made = planned("laravel", path)
    assert "MAIL_URL" not in made.text
    assert any("MAIL_URL" in warning for warning in made.warnings)
    assert "hidden" not in made.diff


def test_laravels_null_lines_stay_where_there_is_no_login(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("MAIL_USERNAME=null\nMAIL_PASSWORD=null\n")
    assert planned("laravel", path, account(username=None)).text.startswith("MAIL_USERNAME=null\nMAIL_PASSWORD=null\n")


def test_a_file_that_its_reader_refuses_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("APP_NAME=two words\n")
    with pytest.raises(UsageError, match="line 1"):
        planned("laravel", path)


def test_an_open_quote_that_would_swallow_the_settings_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text('APP_NAME="never closed\n')
    with pytest.raises(UsageError, match="not closed"):
        planned("laravel", path)


def test_starttls_that_is_not_required_is_pointed_out(tmp_path: Path) -> None:
    assert "goes on without it" in " ".join(planned("laravel", tmp_path / ".env").warnings)
    assert "goes on without it" not in " ".join(planned("django", tmp_path / ".env").warnings)
