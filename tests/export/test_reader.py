from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.export.catalog import all_readers
from smtpwizard.export.reader import LARGEST_EXPANSION, Reader, Unreadable, Unrepresentable

READERS = [pytest.param(reader, id=reader.id) for reader in all_readers().values()]
TROUBLE = st.sampled_from(list("'\"\\$#{}()`=:;!~&| \tabcnrtHOME01é\u00a0\u2028\x0c\x85🔑"))
ANYTHING = st.characters(exclude_categories=["Cs"])
SECRETS = st.text(TROUBLE, max_size=24) | st.text(ANYTHING, max_size=24)


@pytest.mark.parametrize("reader", READERS)
@given(value=SECRETS)
def test_a_value_is_refused_or_read_back_as_it_was(reader: Reader, value: str) -> None:
    try:
        written = reader.quote(value)
    except Unrepresentable:
        return
    assert reader.parse(f"K={written}\n") == {"K": value}
    assert reader.parse(f"A=1\r\nK={written}", {"HOME": "/h", "A": "x"})["K"] == value


@pytest.mark.parametrize("reader", READERS)
@given(text=st.lists(TROUBLE | st.sampled_from(["\n", "\r", "K=", "export "]), max_size=60).map("".join))
def test_any_text_is_refused_or_read_as_statements_in_order(reader: Reader, text: str) -> None:
    try:
        entries = reader.read(text)
    except Unreadable:
        return
    positions = [position for entry in entries for position in (entry.start, entry.end)]
    assert positions == sorted(positions)
    assert all(0 <= position <= len(text) for position in positions)


@pytest.mark.parametrize("reader", READERS)
def test_safe_characters_stay_without_quotes(reader: Reader) -> None:
    value = "azAZ09_./:@%+=,!~-"
    assert reader.quote(value) == value


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", ["two\nlines", "carriage\rreturn", "nul\0", "half \ud800"])
def test_what_no_line_can_hold_is_refused_without_showing_it(reader: Reader, value: str) -> None:
    with pytest.raises(Unrepresentable) as refused:
        reader.quote(value)
    assert value not in str(refused.value)


@pytest.mark.parametrize("reader", READERS)
def test_an_app_password_in_groups_gets_single_quotes(reader: Reader) -> None:
    assert reader.quote("abcd efgh ijkl mnop") == "'abcd efgh ijkl mnop'"


@pytest.mark.parametrize("reader_id", ["python-dotenv", "khadem", "phpdotenv"])
def test_references_that_double_each_other_end_at_a_bound(reader_id: str) -> None:
    laugh = "A0=xxxxxxxx\n" + "".join(f"A{n}=${{A{n - 1}}}${{A{n - 1}}}\n" for n in range(1, 60))
    with pytest.raises(Unreadable, match="beyond all bounds"):
        all_readers()[reader_id].parse(laugh)
    assert LARGEST_EXPANSION < 2**60
