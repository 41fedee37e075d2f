from __future__ import annotations

import re

import pytest

from smtpwizard.export.reader import Unrepresentable
from smtpwizard.export.readers.strict import READER


@pytest.mark.parametrize("value", ["a$b", "a\\b", "'\"", '"x"', "it's `x`", "a\u2028b"])
def test_what_readers_treat_differently_is_refused(value: str) -> None:
    with pytest.raises(Unrepresentable, match="Name the program"):
        READER.quote(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [("a:~b", "'a:~b'"), ("pa #ss", "'pa #ss'"), ("it's", '"it\'s"'), ("`x`", "'`x`'"), ("grün", "'grün'")],
)
def test_what_all_agree_on_is_written(value: str, written: str) -> None:
    assert READER.quote(value) == written


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("A=x y", "quotes"),
        ("A=x # note", "comment"),
        ("A=x$y", r"\$"),
        ("A='a\\b'", "backslash"),
        ("export A=x", "export"),
        ("A='x\ny'", "lines"),
        ("A=~", "quotes"),
        ("A", "equals"),
    ],
)
def test_a_line_on_which_readers_differ_is_doubted(line: str, doubt: str) -> None:
    (entry,) = READER.read(line)
    assert entry.doubt is not None
    assert re.search(doubt, entry.doubt)


@pytest.mark.parametrize("line", ["A=x", "A='x y'", 'A="it\'s"', "A=", "A=''"])
def test_a_line_on_which_all_agree_is_not_doubted(line: str) -> None:
    assert READER.read(line)[0].doubt is None
