from __future__ import annotations

import re
import sys
from collections.abc import Callable

import click
import pytest

from smtpwizard.model.account import Account
from smtpwizard.model.document import CauseDocument
from smtpwizard.model.evidence.dialogue import Silence
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output.report_text import check_line, conclusion, heading
from tests.output.seen import ACCOUNT, REFUSED, evidence, result
from tests.output.test_causes_text import LOCKED, PASSWORD


def document(verdict: Status, *causes: CauseDocument) -> ReportDocument:
    return ReportDocument("0", ACCOUNT, verdict, "", 1.0, (), causes, ())


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_the_heading_says_what_is_tested_and_as_whom() -> None:
    assert heading(ACCOUNT) == "Checking smtp.example.com port 587 (STARTTLS), as ann@example.com\n"
    nobody = Account("192.0.2.1", 25, Security.NONE)
    assert heading(nobody) == "Checking 192.0.2.1 port 25 (no encryption), without logging in\n"


def test_hostile_settings_are_shown_and_never_obeyed() -> None:
    hostile = Account("a\x1b[31m\u202e", 25, Security.NONE, username="\x07\nb")
    assert heading(hostile).removesuffix("\n").isprintable()


def test_a_check_is_one_line_and_what_it_saw() -> None:
    assert check_line(result("auth.login", Status.FAIL, REFUSED)).splitlines() == [
        "✗ failed   it works  5 ms",
        "           535 5.7.8 Username and Password not accepted",
    ]


def test_a_skipped_check_has_no_duration() -> None:
    assert check_line(result("auth.login", Status.SKIP, because="tls.upgrade")).splitlines() == [
        "– skipped  it works",
        "           not tried, because tls.upgrade did not pass",
    ]


@pytest.mark.parametrize("status", Status)
def test_no_outcome_depends_on_colour_alone(status: Status) -> None:
    plain = check_line(result("greeting.banner", status, Silence(Stage.GREETING, 1000, "")))
    others = {check_line(result("greeting.banner", other)) for other in Status if other is not status}
    assert plain.splitlines()[0] not in {line.splitlines()[0] for line in others}


@pytest.mark.usefixtures("terminal")
def test_colour_changes_nothing_but_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[Callable[[], str]] = [
        lambda: check_line(result("auth.login", Status.FAIL, REFUSED)),
        lambda: conclusion(document(Status.FAIL, PASSWORD, LOCKED)),
        lambda: heading(ACCOUNT),
    ]
    painted = [text() for text in texts]
    monkeypatch.setenv("NO_COLOR", "1")
    plain = [text() for text in texts]
    assert all("\x1b[" in text for text in painted)
    assert not any("\x1b" in text for text in plain)
    assert [click.unstyle(text) for text in painted] == plain


def test_hostile_evidence_is_shown_and_never_obeyed() -> None:
    for item in evidence("\x1b]0;x\x07\u202e[/b]\r\n"):
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", check_line(result("ehlo.extensions", Status.FAIL, item))
        )


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Status.PASS, "Everything that was tried works."),
        (Status.WARN, "It works, with something to know."),
        (Status.ERROR, "Nothing was tried."),
    ],
)
def test_the_verdict_in_a_sentence(verdict: Status, said: str) -> None:
    assert conclusion(document(verdict)) == f"\n{said}"


def test_a_failure_that_fits_no_cause_is_said_to_be_one() -> None:
    assert "fits no cause that this program knows" in conclusion(document(Status.FAIL))
