from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.knowledge.phrase import (
    GAP,
    compile_phrase,
    filed,
    normalise,
    pair_keys,
    required_keys,
    word_keys,
    words_of,
)


def found(phrase: str, text: str) -> str | None:
    return compile_phrase(phrase).search(normalise(text))


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Username  and\n\tPassword", "username and password"),
        ("STRASSE straße", "strasse strasse"),
        ("Can’t “open”", 'can\'t "open"'),
        ("non\u00a0breaking", "non breaking"),
        ("pre–fix — wait…", "pre-fix - wait..."),
        ("  ", ""),
    ],
)
def test_case_white_space_and_typography_make_no_difference(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("phrase", "text", "passage"),
    [
        ("not accepted", "Username and Password not accepted.", "not accepted"),
        ("not accepted", "was not acceptedly", None),
        ("not accepted", "cannot accepted", None),
        ("accept*", "was acceptedly", "accept"),
        ("*accepted", "unaccepted", "accepted"),
        ("host * not found", "Host mail.example.com not found", "host mail.example.com not found"),
        ("host * not found", f"host {'x' * (GAP + 1)} not found", None),
        ("port #", "port 587!", "port 587"),
        ("port #", "port smtp", None),
        ("error: #", "error:\n  10061", "error: 10061"),
        ("(#) refused", "(10061) refused", "(10061) refused"),
        ("can't connect", "Can’t connect", "can't connect"),
        ("*** starttls failed", "*** STARTTLS failed", "starttls failed"),
        ("a.b", "axb", None),
        ("[x]", "say [X] now", "[x]"),
    ],
)
def test_a_phrase_matches_whole_words_with_gaps_and_numbers(phrase: str, text: str, passage: str | None) -> None:
    assert found(phrase, text) == passage


def test_a_gap_spans_as_much_as_it_may_and_no_more() -> None:
    assert found("a*b", f"a{'.' * GAP}b") is not None
    assert found("a*b", f"a{'.' * (GAP + 1)}b") is None


def test_each_gap_counts_from_the_piece_before_it_whichever_occurrence_fits() -> None:
    far = "." * (GAP - 20)
    text = f"open x {'.' * 10} mid {far} mid {far} end"
    assert found("open * mid * end", text) is not None
    assert found("open * end", text) is None


def test_a_gap_does_not_reach_across_separate_readings_of_a_text() -> None:
    assert compile_phrase("open * end").search("open \n end") is None


PHRASES = st.lists(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzäé0123456789.-'():/"), min_size=1, max_size=9),
    min_size=1,
    max_size=6,
).map(" ".join)
SURROUNDINGS = st.sampled_from(["", "535 5.7.8 ", "\n", "> \t", "…", "“"])


@given(PHRASES, SURROUNDINGS, SURROUNDINGS)
def test_a_phrase_matches_itself_in_any_text(phrase: str, before: str, after: str) -> None:
    assert found(phrase, f"{before} {phrase} {after}") == normalise(phrase)


@given(PHRASES)
def test_a_phrase_matches_itself_in_upper_case(phrase: str) -> None:
    assert found(phrase, f"x {phrase.upper()} y") is not None


@given(PHRASES, st.data())
def test_a_phrase_matches_itself_wrapped_at_any_space(phrase: str, data: st.DataObject) -> None:
    wrapped = "".join(data.draw(st.sampled_from([" ", "\n", "\r\n    ", "\t"])) if c == " " else c for c in phrase)
    assert found(phrase, f"x {wrapped} y") is not None


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("a * b * c * d * e", "a b c d " * 8_000),
        ("*** pki verification*", "*** pki " * 8_000),
        ("# of # messages", "1" * 64_000),
        ("1# x", "1" * 64_000),
        ("a*a*a*a*b", "a" * 64_000),
        ("x * # * # y", "x 1 2 3 " * 8_000),
    ],
)
@pytest.mark.timeout(20)  # what takes quadratic time takes hours here
def test_no_phrase_takes_more_than_linear_time(phrase: str, text: str) -> None:
    assert compile_phrase(phrase).search(text) is None


def keys_of(text: str) -> set[str]:
    words = words_of(text)
    return {key for word in words for key in word_keys(word)} | set(pair_keys(words))


def test_a_text_can_be_looked_up_by_its_words_their_beginnings_and_pairs() -> None:
    assert keys_of("user-id unknown 授权") == {
        *("user", "id", "unknown", "授", "权"),
        *("use*", "id*", "unk*", "授*", "权*", "unknow*"),
        *("user id", "id unknown", "unknown 授", "授 权"),
    }


@pytest.mark.parametrize(
    ("phrase", "keys"),
    [
        ("not accepted", {"not", "acc*", "not*", "accept*", "accepted", "not accepted"}),
        ("unauth* access", {"una*", "unauth*", "access", "acc*", "access*"}),
        ("error# code", {"err*", "code", "cod*"}),
        ("smtp.gmail", {"smtp", "smt*", "gmail", "gma*", "smtp gmail"}),
        ("helo*fully qualified*", {"hel*", "qua*", "qualif*"}),
        ("ib##", set()),
        ("*ed", set()),
        ("***", set()),
    ],
)
def test_a_phrase_requires_what_stands_in_whatever_it_matches(phrase: str, keys: set[str]) -> None:
    assert required_keys(phrase) == keys


GAPPED = st.lists(st.text(st.sampled_from("abc授 -.*#1"), min_size=1, max_size=6), min_size=1, max_size=4).map("".join)


@given(GAPPED, st.text(st.sampled_from("abc授 -.12"), max_size=4), st.integers(0, 999))
def test_the_required_keys_are_those_of_whatever_the_phrase_matches(phrase: str, gap: str, number: int) -> None:
    text = normalise(phrase.replace("*", gap).replace("#", str(number)))
    if compile_phrase(phrase).search(text) is not None:
        assert required_keys(phrase) <= keys_of(text)


@given(PHRASES)
def test_the_required_keys_are_those_of_the_phrase_itself(phrase: str) -> None:
    assert required_keys(phrase) <= keys_of(normalise(f"x {phrase} y"))


def test_a_phrase_is_filed_under_the_rarest_of_what_it_requires() -> None:
    assert filed(["the password expired", "the password", "name", "***"]) == {
        "the password expired": "password expired",
        "the password": "the password",
        "name": "name",
        "***": "",
    }
