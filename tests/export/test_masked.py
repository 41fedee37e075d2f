from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.export.catalog import all_readers
from smtpwizard.export.masked import Shade, unified_diff
from smtpwizard.export.merge import Assignment, merge
from smtpwizard.model.secret import Secret

READER = all_readers()["python-dotenv"]


def diff(old: str, *wanted: tuple[str, str | None], open_keys: frozenset[str] = frozenset()) -> str:
    result = merge(READER, old, READER.read(old), [Assignment(key, value, value or "") for key, value in wanted])
    secret = Secret("new-secret")
    before, after = (Shade(text, READER.read(text), open_keys, {}, secret) for text in (old, result.text))
    return unified_diff(before, after, result.edits, "old", "new")


def test_a_changed_password_shows_as_changed_and_neither_value_is_readable() -> None:
    shown = diff("A=1\nSMTP_PASSWORD=old-secret\nB=2\n", ("SMTP_PASSWORD", "new-secret"))
    assert shown == ("--- old\n+++ new\n@@ -1,3 +1,3 @@\n A=1\n-SMTP_PASSWORD=••••••\n+SMTP_PASSWORD=••••••\n B=2\n")


def test_credentials_of_other_lines_around_the_change_are_masked() -> None:
    old = (
        "STRIPE_SECRET_KEY=sk-live\n# DB_PASS=hidden1\nURL=postgres://u:hidden2@db/x\nHOST=old\n"
        'PEM="-----BEGIN\nhidden3\n"\n'
    )
    shown = diff(old, ("HOST", "new"))
    assert not re.search("sk-live|hidden1|hidden2", shown)
    assert "-HOST=old\n+HOST=new\n" in shown


def test_the_lines_of_a_key_that_the_reader_does_not_understand_are_masked() -> None:
    old = "HOST=old\n-----BEGIN PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n"
    assert "MIIE" not in diff(old, ("HOST", "new"))


def test_a_secret_that_stands_in_a_comment_is_hidden() -> None:
    assert "new-secret" not in diff("# it is new-secret\nA=1\n", ("A", "2"))


def test_escape_sequences_in_the_file_are_made_visible() -> None:
    assert "\x1b" not in diff("# \x1b[2J\nA=1\n", ("A", "2"))


def test_a_missing_line_end_is_told() -> None:
    assert "-A=1\n\\ No newline at end of file\n+A=2\n\\ No newline at end of file\n" in diff("A=1", ("A", "2"))


def test_nothing_changed_is_nothing_shown() -> None:
    assert diff("A=1\n", ("A", "1")) == ""


LINE = st.sampled_from(["# note", "A=1", "B=2", "", "C='x\ny'", "K=old", "L=old # why", "M=old", "D=4"])


@given(lines=st.lists(LINE, max_size=30), last=st.booleans())
def test_the_diff_leads_from_the_old_lines_to_the_new(lines: list[str], last: bool) -> None:
    old = "\n".join(lines) + ("\n" if last and lines else "")
    wanted = (("K", "new"), ("L", "new"), ("M", None), ("N", "added"))
    result = merge(READER, old, READER.read(old), [Assignment(key, value, value or "") for key, value in wanted])
    shown = diff(old, *wanted, open_keys=frozenset("ABCDKLMN"))
    assert patched(old.splitlines(), shown) == result.text.splitlines()


def patched(old: list[str], shown: str) -> list[str]:
    """What `patch` would make of the old lines."""
    new: list[str] = []
    position = 0
    for line in shown.splitlines()[2:]:
        if header := re.match(r"@@ -(\d+)(?:,(\d+))? ", line):
            start = int(header[1]) - (header[2] != "0")
            new += old[position:start]
            position = start
        elif line.startswith("+"):
            new.append(line[1:])
        elif line.startswith(("-", " ")):
            assert old[position] == line[1:]
            new += [line[1:]] if line[0] == " " else []
            position += 1
    return new + old[position:]
