from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.knowledge.likeness import Likeness, learn, telling_words
from smtpwizard.knowledge.load import Knowledge, load_knowledge
from tests.knowledge.small import cause, knowledge, sign

CAUSES = {
    "mailbox-full": cause(
        sign("552 the mailbox of this recipient is full", text=["mailbox * full", "quota exceeded"]),
        sign("452 no storage left for the recipient", text=["no storage left"]),
        sign("552 no room for this mail in the mailbox", text=["no room"]),
    ),
    "wrong-password": cause(
        sign("535 the password was not accepted", text=["password was not accepted"]),
        sign("535 user name or password is wrong", text=["password is wrong"]),
        sign("535 wrong password given", text=["wrong password"]),
    ),
    "greylisted": cause(
        sign("451 come back in some minutes", text=["come back in # minutes"]),
        sign("451 please come back later", text=["come back later"]),
        sign("451 please wait some minutes", text=["wait some minutes"]),
    ),
}


@pytest.fixture
def likeness(tmp_path: Path) -> Likeness:
    return knowledge(tmp_path, causes=CAUSES).likeness


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("sorry, there is no room left in the recipient mailbox", "mailbox-full"),
        ("you gave a wrong password for this user", "wrong-password"),
        ("please come back in a few minutes", "greylisted"),
    ],
)
def test_wording_that_no_phrase_knows_resembles_what_its_words_are_known_from(
    likeness: Likeness, text: str, like: str
) -> None:
    resembled = likeness.resembled(text, 9)
    assert resembled[0].cause == like
    assert sum(share for _, share, _ in resembled) == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "hello", "mailbox full", f"recipient mailbox full {' '.join('abcdefghijk')}"])
def test_a_text_of_few_known_words_resembles_nothing(likeness: Likeness, text: str) -> None:
    assert likeness.resembled(text, 9) == ()


def test_the_words_that_speak_for_a_cause_are_named(likeness: Likeness) -> None:
    (first, *_) = likeness.resembled("the recipient mailbox has no storage for 100 messages", 1)
    assert set(first.words) <= {"the", "recipient", "mailbox", "no", "storage", "for"}
    assert len(first.words) == 3


def test_no_more_causes_are_named_than_asked_for(likeness: Likeness) -> None:
    assert len(likeness.resembled("the mailbox of the recipient is full", 2)) == 2


def test_numbers_and_ids_say_nothing_unlike_reply_codes() -> None:
    assert telling_words("550 user x7f3a is unknown, unknown in 220 of 2550") == [
        "550",
        "in",
        "is",
        "of",
        "unknown",
        "user",
    ]


def test_neither_the_order_of_causes_nor_that_of_signs_matters(tmp_path: Path) -> None:
    causes = list(knowledge(tmp_path, causes=CAUSES).causes.values())
    shuffled = [msgspec.structs.replace(each, sign=each.sign[::-1]) for each in causes[::-1]]
    assert learn(shuffled) == learn(causes)


def test_what_is_learnt_survives_the_index(likeness: Likeness) -> None:
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(likeness), type=Likeness) == likeness


def test_nothing_is_learnt_from_nothing() -> None:
    assert learn([]).resembled("any text at all", 3) == ()


@pytest.fixture(scope="module")
def real() -> Knowledge:
    return load_knowledge()


def test_most_examples_resemble_their_own_cause_in_whatever_order_their_words_come(real: Knowledge) -> None:
    right = total = 0
    for each in real.causes.values():
        for example in (example for one in each.sign for example in one.examples):
            words = example.split()
            random.Random(len(words)).shuffle(words)
            resembled = real.likeness.resembled(" ".join(words).casefold(), 1)
            if resembled:
                total += 1
                right += resembled[0].cause == each.id
    assert right / total > 0.7


@given(st.text(max_size=200))
def test_any_text_has_shares_of_one_or_none_in_order(real: Knowledge, text: str) -> None:
    shares = [share for _, share, _ in real.likeness.resembled(text.casefold(), len(real.causes))]
    assert not shares or sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
