from __future__ import annotations

import pytest

from smtpwizard.export.reader import Unreadable, Unrepresentable
from smtpwizard.export.readers.honcho import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=ab cd", {"A": "abcd"}),
        ("A=pa#ss", {"A": "pa"}),
        ("A='ab cd'", {"A": "ab cd"}),
        ("A='a\\nb'", {"A": "a\nb"}),
        ("A=", {}),
        ("A=''", {"A": ""}),
        ("export A=1", {}),
    ],
)
def test_reads_as_honcho_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text) == expected


def test_an_open_quote_makes_it_refuse_the_file() -> None:
    with pytest.raises(Unreadable) as refused:
        READER.parse("A=1\nB=it's\n")
    assert refused.value.line == 2


def test_a_backslash_n_is_refused() -> None:
    with pytest.raises(Unrepresentable, match="backslash"):
        READER.quote("a\\nb")
