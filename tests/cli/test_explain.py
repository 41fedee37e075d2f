from __future__ import annotations

import json

import msgspec
import pytest

from smtpwizard.model.document import ExplainDocument
from tests.cli.conftest import Run

GMAIL = "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials"


def test_a_text_is_explained_to_a_person(run: Run) -> None:
    ran = run("explain", GMAIL)
    assert (ran.status, ran.err) == (0, "")
    assert "app password" in ran.out.casefold()
    assert "What to do" in ran.out


@pytest.mark.parametrize("arguments", [["--json", "-"], ["--json"]])
def test_a_text_on_standard_input_is_explained_as_json(run: Run, arguments: list[str]) -> None:
    ran = run("explain", *arguments, stdin=GMAIL.encode())
    assert (ran.status, ran.err) == (0, "")
    document = msgspec.json.decode(ran.out, type=ExplainDocument)
    assert (document.provider, document.stage) == ("gmail", "auth")
    assert document.causes[0].id in {"app-password-required", "wrong-password"}


def test_the_provider_can_be_told(run: Run) -> None:
    assert run("explain", "--json", "--provider", "gmail", "535 5.7.8 no").json["provider"] == "gmail"


def test_what_to_set_is_told_for_the_program_that_printed_the_text(run: Run) -> None:
    steps = run("explain", "nodemailer: wrong version number, code: 'ESOCKET'").out
    assert "Nodemailer: secure" in steps
    assert "Django" not in steps
    for of_others_too in ("wrong version number", "SSL routines:ssl3_get_record:wrong version number"):
        assert "Django" in run("explain", of_others_too).out
    assert "Django" not in run("explain", "msmtp: cannot set X509 trust file: no such file").out


@pytest.mark.parametrize("provider", ["nobody", "a\x1b[31m"])
def test_a_provider_that_is_unknown_is_named(run: Run, provider: str) -> None:
    ran = run("explain", "--provider", provider, "x")
    assert (ran.status, ran.out) == (2, "")
    assert "There is no provider" in ran.err
    assert ran.err.strip().isprintable()


@pytest.mark.parametrize("text", ["", "\n", "hello there", "\x1b]0;x\x07", "\x00" * 100, "é\u202e"])
def test_a_text_that_says_nothing_is_no_failure(run: Run, text: str) -> None:
    ran = run("explain", "-", stdin=text.encode())
    assert (ran.status, ran.err) == (0, "")
    assert "names no error that is known here" in ran.out
    assert all(line.isprintable() for line in ran.out.splitlines())


def test_binary_input_is_explained_all_the_same(run: Run) -> None:
    ran = run("explain", "--json", "-", stdin=b"\xff\xfe\x00535 5.7.8 no\x80 535 5.7.8 no")
    assert ran.status == 0
    assert ran.json["replies"]


def test_a_huge_input_is_read_in_part(run: Run) -> None:
    ran = run("explain", "--json", "-", stdin=b"535 5.7.8 no\n" + b"x" * 5_000_000)
    assert ran.status == 0
    assert len(ran.out) < 1_000_000


def test_credentials_in_the_text_are_not_printed(run: Run) -> None:
    text = "SMTP_PASSWORD=hunter2\nAUTH PLAIN AGFubgBodW50ZXIy\n535 5.7.8 no"
    for form in ([], ["--json"]):
        ran = run("explain", *form, text)
        assert "hunter2" not in ran.out
        assert "AGFubgBodW50ZXIy" not in ran.out


def test_the_id_of_a_cause_shows_its_page(run: Run) -> None:
    ran = run("explain", "wrong-password")
    assert (ran.status, ran.err) == (0, "")
    assert "wrong-password, stage auth" in ran.out
    for heading in ("How to be sure", "What to do", "What it looks like", "Sources"):
        assert heading in ran.out


def batch(run: Run, stdin: bytes) -> list[ExplainDocument]:
    ran = run("explain", "--batch", stdin=stdin)
    assert (ran.status, ran.err) == (0, "")
    return [msgspec.json.decode(line, type=ExplainDocument) for line in ran.out.splitlines()]


def test_each_line_of_a_batch_gets_one_line_in_order(run: Run) -> None:
    lines = ["550 5.1.1 user unknown", "", "hello", GMAIL.replace("\n", "\\n"), "\r", "535 no"]
    documents = batch(run, "\n".join(lines).encode())
    assert len(documents) == len(lines)
    assert [bool(document.causes) for document in documents] == [True, False, False, True, False, True]
    assert documents[3].provider == "gmail"
    assert [reply.code for document in documents for reply in document.replies] == [550, 535, 535]


def test_a_batch_takes_lines_of_any_length_and_of_any_bytes(run: Run) -> None:
    endless = b"535 5.7.8 no " * 100_000
    documents = batch(run, b"\xff\x00\xfe\n" + endless + b"\n550 5.1.1 user unknown\n" + endless)
    assert len(documents) == 4
    assert [bool(document.causes) for document in documents] == [False, True, True, True]
    assert documents[2].replies[0].code == 550


def test_an_empty_batch_prints_nothing(run: Run) -> None:
    assert batch(run, b"") == []


def test_a_batch_takes_no_text_beside_it(run: Run) -> None:
    ran = run("explain", "--batch", "535 no")
    assert (ran.status, ran.out) == (2, "")
    assert "--batch reads its texts from standard input" in ran.err
    assert run("explain", "--batch", "-", stdin=b"x\n").status == 0


def test_a_batch_line_is_one_json_object(run: Run) -> None:
    ran = run("explain", "--batch", stdin="535 \u2028 no\n".encode())
    assert json.loads(ran.out)["schema"] == "smtpwizard.explain/1"
