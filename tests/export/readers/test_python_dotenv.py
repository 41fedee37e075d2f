from __future__ import annotations

import pytest

from smtpwizard.export.reader import Unrepresentable
from smtpwizard.export.readers.python_dotenv import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 # comment", {"A": "1"}),
        ("A=1#no comment", {"A": "1#no comment"}),
        ("A= # comment", {"A": ""}),
        ("export A='x y' # comment", {"A": "x y"}),
        ("A = spaced ", {"A": "spaced"}),
        ("A='it\\'s'", {"A": "it's"}),
        ('A="line\\nfeed"', {"A": "line\nfeed"}),
        ('A="two\r\nlines"', {"A": "two\nlines"}),
        ("\ufeffA=1", {"A": "1"}),
        ("A=1\nA=2", {"A": "2"}),
        ("A=1\nA", {}),
        ("A='open\nB=2", {"B": "2"}),
        ("A=x\nB=${A}-${HOME}-${NONE:-d}-$A", {"A": "x", "B": "x-/h-d-$A"}),
        ("A=x\nB='${A}'", {"A": "x", "B": "x"}),
    ],
)
def test_reads_as_python_dotenv_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text, {"HOME": "/h"}) == expected


def test_a_braced_reference_is_refused_and_a_plain_dollar_is_not() -> None:
    with pytest.raises(Unrepresentable, match=r"\$\{…\}"):
        READER.quote("pa${HOME}")
    assert READER.quote("pa$HOME") == "'pa$HOME'"


def test_a_backslash_at_the_end_needs_double_quotes() -> None:
    assert READER.quote("x y\\") == '"x y\\\\"'
