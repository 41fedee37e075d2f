from __future__ import annotations

import pytest

from smtpwizard.export.readers.decouple import READER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1 # kept", {"A": "1 # kept"}),
        (" A = 1 ", {"A": "1"}),
        ("export A=1", {"export A": "1"}),
        ("A='a\\nb'", {"A": "a\\nb"}),
        ("A='", {"A": "'"}),
        ("A=1\nA=2", {"A": "2"}),
        ("\ufeffA=1", {"\ufeffA": "1"}),
        ("# A=1\nnothing", {}),
    ],
)
def test_reads_as_python_decouple_does(text: str, expected: dict[str, str]) -> None:
    assert READER.parse(text) == expected


@pytest.mark.parametrize("value", ["it's \"$#\\", "${HOME}", "$x", "\\n"])
def test_every_line_of_text_can_be_written(value: str) -> None:
    assert READER.parse(f"A={READER.quote(value)}") == {"A": value}
