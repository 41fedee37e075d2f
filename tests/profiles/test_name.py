from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.errors import UsageError
from smtpwizard.profiles.name import checked_name, is_name, suggested_name, unknown


@pytest.mark.parametrize("name", ["a", "gmail", "work-mail", "ann@example.org", "a+b_c.d", "7", "x" * 64])
def test_a_name_that_every_file_system_takes(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize(
    "text",
    ["", "Work", "../up", "a/b", "a\\b", ".hidden", "end.", "-option", "a b", "é", "a\0", "con", "nul.txt", "x" * 65],
)
def test_a_name_that_could_be_something_else_is_refused_with_one_that_can_be_used(text: str) -> None:
    assert not is_name(text)
    assert is_name(suggested_name(text))
    with pytest.raises(UsageError, match="cannot be the name of a profile"):
        checked_name(text)


@given(st.text())
def test_whatever_is_typed_a_usable_name_is_suggested(text: str) -> None:
    assert is_name(suggested_name(text))
    assert str(unknown(text, [])).isprintable()


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("gmial", "Near it: gmail."),
        ("GMAIL", "Near it: gmail."),
        ("gm", "Near it: gmail."),
        ("something else", "`smtpwizard profiles` lists those"),
    ],
)
def test_an_unknown_name_is_answered_with_what_is_near(text: str, hint: str) -> None:
    assert hint in str(unknown(text, ["gmail", "work"]))


def test_where_there_is_none_at_all_the_way_to_one_is_told() -> None:
    assert "`smtpwizard profiles save NAME`" in str(unknown("gmail", []))
