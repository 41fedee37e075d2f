from __future__ import annotations

import pytest

from smtpwizard.export.reader import Unreadable, Unrepresentable
from smtpwizard.export.readers.khadem import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=secret  # NOT your regular password!", {"A": "secret  # NOT your regular password!"}),
        (" export A = 'x y' ", {"A": "x y"}),
        ("A='a\\nb'", {"A": "a\nb"}),
        ("A='$HOME'", {"A": "/h"}),
        ("A=x${B}y", {"A": "xy"}),
        ("A=1\nB=$A", {"A": "1", "B": "1"}),
        ("A=$!", {"A": "$!"}),
        ("A\\=B=1", {"A\\=B": "1"}),
        ("nothing", {}),
    ],
)
def test_reads_as_khadem_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text, {"HOME": "/h"}) == expected


def test_a_lone_quote_makes_it_fail() -> None:
    with pytest.raises(Unreadable, match="lone quote"):
        READER.parse("A='")


@pytest.mark.parametrize("value", ["pa$HOMEx", "pa${X}", "$1"])
def test_a_dollar_before_a_name_is_refused(value: str) -> None:
    with pytest.raises(Unrepresentable, match=r"\$"):
        READER.quote(value)


def test_backslashes_are_doubled() -> None:
    assert READER.quote("a\\nb") == '"a\\\\nb"'
