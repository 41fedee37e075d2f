from __future__ import annotations

import base64
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from smtpwizard.cli import running
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.event import AnyEvent
from smtpwizard.model.report import Report
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Stage, Status
from tests.cli.conftest import Run
from tests.cli.ran import closed_port

LINT = ("--only", "settings.lint")


def here(port: int) -> tuple[str, ...]:
    """An account on this machine, where nothing listens."""
    return "check", "--host", "127.0.0.1", "--port", str(port), "--security", "none", "--skip", "connect.ports"


def test_where_all_passes_the_status_is_0(run: Run) -> None:
    ran = run("check", "--host", "mail.example.org", *LINT)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Checking mail.example.org port 587 (STARTTLS), without logging in"
    assert "\nEverything that was tried works.\n" in ran.out
    assert "\x1b" not in ran.out


def test_where_a_check_failed_the_status_is_1_and_the_cause_is_told(run: Run) -> None:
    ran = run(*here(closed_port()))
    assert (ran.status, ran.err) == (1, "")
    assert "connection-refused" in ran.out
    assert "What to do" in ran.out


def test_a_check_that_has_been_carried_out_is_not_recommended(run: Run) -> None:
    assert "A live check would" not in run("check", "--host", "127.0.0.1", "--port", str(closed_port())).out


def test_a_warning_keeps_the_status_0(run: Run) -> None:
    ran = run("check", "--host", "mail.example.org", "--port", "465", "--security", "starttls", "--json", *LINT)
    assert (ran.status, ran.json["verdict"]) == (0, "warn")


def test_a_fault_of_this_program_has_status_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crash(context: Context, record: Record) -> Verdict:
        raise ValueError("hunter2")

    broken = Check("settings.broken", "it works", Stage.SETTINGS, crash)
    monkeypatch.setattr(running, "all_checks", lambda: (broken,))
    ran = run("check", "--host", "mail.example.org", "--json")
    assert (ran.status, ran.json["verdict"]) == (3, "error")
    assert "hunter2" not in ran.out + ran.err


def test_the_json_report_is_data_alone_and_decodes(run: Run) -> None:
    ran = run(*here(closed_port()), "--json")
    assert (ran.status, ran.err) == (1, "")
    document = msgspec.json.decode(ran.out, type=ReportDocument)
    assert document.verdict is Status.FAIL
    assert "connection-refused" in {cause.id for cause in document.causes[:2]}


def test_events_are_one_json_object_a_line_and_fold_into_the_report(run: Run) -> None:
    ran = run(*here(closed_port()), "--events")
    assert (ran.status, ran.err) == (1, "")
    events = [msgspec.json.decode(line, type=AnyEvent) for line in ran.out.splitlines()]
    report = Report().apply_all(events)
    assert report.verdict is Status.FAIL
    assert report.check("connect.open").status is Status.FAIL


def test_json_and_events_exclude_each_other(run: Run) -> None:
    ran = run(*here(1), "--json", "--events")
    assert (ran.status, ran.out) == (2, "")
    assert "--json or --events" in ran.err


BAD_SETTINGS = {
    "a web address": (["--host", "https://smtp.example.org/"], "scheme-in-host", "https://smtp.example.org/"),
    "no host": (["--host", ""], "empty", ""),
    "port 0": (["--host", "mail.example.org", "--port", "0"], "port-out-of-range", "0"),
    "port 70000": (["--host", "mail.example.org", "--port", "70000"], "port-out-of-range", "70000"),
    "an escape in the host": (["--host", "a\x1b[31mb\u202e"], "control-character", "\\x1b[31m"),
}


@pytest.mark.parametrize(("options", "flaw", "shown"), BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_settings_that_cannot_work_are_found_before_anything_is_dialled(
    run: Run, options: list[str], flaw: str, shown: str
) -> None:
    ran = run("check", *options, "--json")
    assert ran.status == 1
    checks = {check["id"]: check for check in ran.json["checks"]}
    assert flaw in {item.get("flaw") for item in checks["settings.lint"]["evidence"]}
    assert shown in checks["settings.lint"]["summary"]
    dialling = [check for check in checks.values() if check["stage"] not in {"settings", "environment"}]
    assert {check["status"] for check in dialling} == {"skip"}
    assert ran.json["causes"]
    plain = run("check", *options)
    assert plain.status == 1
    assert all(line.isprintable() for line in plain.out.splitlines())


@pytest.mark.parametrize(("secret", "flaw"), [("", "empty"), ("x" * 10_000, "too-long"), ("a\nb", "line-break")])
def test_a_secret_that_cannot_work_is_found_before_anything_is_dialled(run: Run, secret: str, flaw: str) -> None:
    ran = run(*here(closed_port()), "--username", "ann", "--password-stdin", "--json", stdin=secret.encode())
    assert ran.status == 1
    lint = next(check for check in ran.json["checks"] if check["id"] == "settings.lint")
    assert {"kind": "secret_flaw", "flaw": flaw} in lint["evidence"]
    assert "xxxxxxxxxxxxxxxx" not in ran.out
    assert ran.json["causes"]


@pytest.mark.parametrize("form", [[], ["--json"], ["--events"]])
def test_a_token_that_is_user_name_and_password_is_shown_nowhere(run: Run, form: list[str]) -> None:
    token = "5f1e-hunter2-token"
    ran = run(*here(closed_port()), "--username", token, "--password-stdin", *form, stdin=token.encode())
    assert ran.status == 1
    everything = ran.out + ran.err
    assert token not in everything
    assert base64.b64encode(token.encode()).decode() not in everything


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--nameserver", "nonsense"], "--nameserver nonsense"),
        (["--ca-file", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
        (["--only", "nonsense"], "There is no check 'nonsense'"),
        (["--skip", "nonsense"], "There is no check 'nonsense'"),
        (["--env", "nowhere.env"], "nowhere.env"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(run: Run, options: list[str], said: str) -> None:
    ran = run("check", "--host", "mail.example.org", "--json", *options)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_one_secret_on_standard_input_is_not_for_many_accounts(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "accounts.jsonl"
    path.write_text('{"host": "a.example.org", "username": "ann"}\n')
    ran = run("check", "--accounts", str(path), "--password-stdin", "--only", "settings.lint", stdin=b"hunter2")
    assert (ran.status, ran.out) == (2, "")
    assert "--password-stdin is for one account" in ran.err


def test_a_file_with_which_its_program_sends_nothing_is_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("MAIL_MAILER=log\nMAIL_HOST=mail.example.org\nMAIL_SCHEME=smtp\n")
    ran = run("check", "--env", str(path), "--for", "laravel", "--only", "settings.lint", "--json")
    assert ran.json["account"]["host"] == "mail.example.org"
    assert "MAIL_MAILER is 'log': " in ran.err
    assert "MAIL_PORT is not set, and " in ran.err


@pytest.mark.parametrize("form", [(), ("--json",), ("--events",)])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--only", "auth.login"), "nothing to test by --only auth.login with"),
        (("--only", "settings.lint", "--only", "auth"), "nothing to test by --only auth with"),
        (("--only", "settings.lint", "--skip", "settings"), "nothing to test"),
    ],
)
def test_where_nothing_would_be_tried_that_is_no_pass(
    run: Run, form: tuple[str, ...], options: tuple[str, ...], said: str
) -> None:
    ran = run("check", "--host", "a.example.org", *form, *options)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_where_nothing_was_tried_that_is_no_pass(run: Run) -> None:
    ran = run(*here(closed_port()), "--only", "environment.localhost")
    assert ran.status == 3
    assert "Nothing was tried." in ran.out


def test_junit_is_written_beside_the_report(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    assert run(*here(closed_port()), "--junit", str(path)).status == 1
    (suite,) = ElementTree.parse(path).getroot()
    assert suite.attrib["failures"] == "1"


def test_a_junit_file_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    ran = run(*here(closed_port()), "--junit", str(tmp_path / "no" / "report.xml"))
    assert ran.status == 3
    assert "report.xml cannot be written: No such file or directory." in ran.err
