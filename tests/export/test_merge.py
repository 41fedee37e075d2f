from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.export.catalog import all_readers
from smtpwizard.export.merge import Assignment, Merged, merge

READER = all_readers()["python-dotenv"]


def merged(text: str, *wanted: tuple[str, str | None], reader_id: str = "python-dotenv") -> Merged:
    reader = all_readers()[reader_id]
    return merge(reader, text, reader.read(text), [Assignment(key, value, value or "") for key, value in wanted])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "K=1\n"),
        ("A=1\n", "A=1\n\nK=1\n"),
        ("A=1", "A=1\n\nK=1\n"),
        ("A=1\n\n", "A=1\n\nK=1\n"),
        ("A=1\r\nB=2\r\n", "A=1\r\nB=2\r\n\r\nK=1\r\n"),
        ("K=old\nA=1", "K=1\nA=1"),
        ("  export K = 'old' \r\nA=1\r\n", "  export K=1\r\nA=1\r\n"),
        ("K=old # why\nA=1\n", "# why\nK=1\nA=1\n"),
        ("\ufeffK=old\n", "\ufeffK=1\n"),
        ("\ufeffA=1\n", "\ufeffA=1\n\nK=1\n"),
        ('K="old\nlines"\nA=1\n', "K=1\nA=1\n"),
        ('A="K=not\nK=this"\n', 'A="K=not\nK=this"\n\nK=1\n'),
        ("# K=old\n", "# K=old\n\nK=1\n"),
        ("K=1\nA=2", "K=1\nA=2"),
        ("K\n", "K=1\n"),
    ],
)
def test_the_line_is_changed_in_place_or_appended(old: str, new: str) -> None:
    assert merged(old, ("K", "1")).text == new


def test_of_duplicates_the_last_is_changed_and_that_is_said() -> None:
    result = merged("K=a\nX=1\nK=b\n", ("K", "1"))
    assert result.text == "K=a\nX=1\nK=1\n"
    assert "2 times" in result.notes[0]
    assert "line 3" in result.notes[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [("A=1\nK=x\nB=2\n", "A=1\nB=2\n"), ("K=x", ""), ("\ufeffK=x\r\nB=2", "\ufeffB=2"), ("K=1\nA=2\nK=3", "A=2\n")],
)
def test_a_line_that_must_not_be_there_goes_whole(old: str, new: str) -> None:
    assert merged(old, ("K", None)).text == new


def test_a_comment_that_is_part_of_the_value_goes_with_it() -> None:
    assert merged("K=old # why\n", ("K", "1"), reader_id="django-environ").text == "K=1\n"


OTHER = st.sampled_from(["# note", "A=1", "B='x y'", "", "  ", "export C=3", "D=x # y", "E=", "noise", "\t#"])


@given(
    lines=st.lists(OTHER, max_size=12), at=st.integers(0, 12), end=st.sampled_from(["\n", "\r\n"]), last=st.booleans()
)
def test_all_other_lines_stay_byte_for_byte(lines: list[str], at: int, end: str, last: bool) -> None:
    with_key = [*lines[:at], "K=old", *lines[at:]]
    text = end.join(with_key) + (end if last else "")
    result = merged(text, ("K", "new"), ("L", "2")).text
    expected = text.replace("K=old", "K=new")
    assert result.startswith(expected)
    assert result[len(expected) :].split() == ["L=2"]
