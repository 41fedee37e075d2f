from __future__ import annotations

import pytest

from smtpwizard.export.reader import Unrepresentable
from smtpwizard.export.readers.django_environ import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 # kept", {"A": "1 # kept"}),
        ("A=trailing ", {"A": "trailing "}),
        ("A = 1", {}),
        ("  A=1", {}),
        ("export A=1", {"A": "1"}),
        ("export  A=1", {}),
        ("A='it's'", {"A": "it's"}),
        ('A="a\\"b\\nc"', {"A": 'a"b\\nc'}),
        ("A='\"x\"'", {"A": "x"}),
        ("A=$B\nB=later", {"A": "later", "B": "later"}),
        ("A=$HOME", {"A": "/h"}),
        ("A=$A", {"A": ""}),
        ("A=mid$HOME", {"A": "mid$HOME"}),
    ],
)
def test_reads_as_django_environ_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text, {"HOME": "/h"}) == expected


def test_a_leading_dollar_is_refused_in_every_kind_of_quotes() -> None:
    with pytest.raises(Unrepresentable, match=r"begins with \$"):
        READER.quote("$2a$08$abc")


def test_a_password_that_has_quotes_of_its_own_keeps_them() -> None:
    assert READER.quote('"abc"') == '"\\"abc\\""'
