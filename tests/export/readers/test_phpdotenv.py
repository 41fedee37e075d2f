from __future__ import annotations

import pytest

from smtpwizard.export.reader import Unreadable
from smtpwizard.export.readers.phpdotenv import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=pa#ss", {"A": "pa"}),
        ("A=1 # comment", {"A": "1"}),
        ("export AB=1", {"AB": "1"}),
        ("A='x ${B} \\n'", {"A": "x ${B} \\n"}),
        ('B=1\nA="x ${B} \\${B} \\n"', {"B": "1", "A": "x 1 ${B} \n"}),
        ("A=${UNKNOWN}", {"A": "${UNKNOWN}"}),
        ('A="two\r\nlines"\r\nB=1', {"A": "two\nlines", "B": "1"}),
        ("\ufeffA=1", {"A": "1"}),
        ('A="never closed\nB=1', {}),
        ("'A'=1", {"A": "1"}),
        ("A=1\nA", {}),
    ],
)
def test_reads_as_phpdotenv_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X=1\nA=two words", "white space"),
        ("X=1\nA='open", "not closed"),
        ("X=1\n=1", "no name"),
        ("X=1\nA B=1", "name holds a character"),
        ('X=1\nA="\\d"', "backslash"),
        ("X=1\nA='x'y", "white space"),
        ("X=1\nexport A=1", "name holds a character"),
    ],
)
def test_one_bad_line_makes_it_refuse_the_file(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as refused:
        READER.parse(text)
    assert refused.value.line == 2


def test_the_comment_it_sees_behind_white_space_has_a_place() -> None:
    text = "A='x' # why\nB=pa#ss"
    assert [entry.comment for entry in READER.read(text)] == [text.index("#"), None]


def test_a_dollar_is_escaped_within_double_quotes() -> None:
    assert READER.quote("it's ${HOME}") == '"it\'s \\${HOME}"'
