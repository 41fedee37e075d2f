from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.export.template import fill, take_apart

URL = "smtp://[{user}:{password}@]{host}:{port}"


def test_a_placeholder_without_value_leaves_the_line_out() -> None:
    assert fill("{from}", {"from": None}) is None
    assert fill("smtp", {}) == "smtp"


def test_an_optional_part_goes_with_its_placeholder() -> None:
    values = {"host": "h", "port": "25", "user": None, "password": None}
    assert fill(URL, values, percent_encoded=True) == "smtp://h:25"


@given(
    user=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
    password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
)
def test_a_percent_encoded_url_gives_back_what_was_filled_in(user: str, password: str) -> None:
    values: dict[str, str | None] = {"host": "mail.test", "port": "587", "user": user, "password": password}
    text = fill(URL, values, percent_encoded=True)
    assert text is not None
    assert take_apart(URL, text, percent_encoded=True) == values


@pytest.mark.parametrize("text", ["smtps://h:25", "smtp://h", "x" * 20_000])
def test_a_text_of_another_form_is_not_taken_apart(text: str) -> None:
    assert take_apart(URL, text, percent_encoded=True) is None


def test_host_and_port_in_one_value_are_told_apart() -> None:
    assert take_apart("{host}:{port}", "mail.test:2525") == {"host": "mail.test", "port": "2525"}
