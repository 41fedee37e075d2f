from __future__ import annotations

import pytest

from smtpwizard.model.stage import Status
from smtpwizard.output.words import GLYPHS, STATUS_WORDS, a_secret


def test_every_outcome_has_a_word_and_a_sign() -> None:
    assert set(STATUS_WORDS) == set(GLYPHS) == set(Status)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("app-password", "an app password"),
        ("api-key", "an API key"),
        ("smtp-key", "an SMTP key"),
        ("secure-mail-key", "a secure mail key"),
        ("token", "a token"),
    ],
)
def test_a_kind_of_secret_is_put_into_words(kind: str, words: str) -> None:
    assert a_secret(kind) == words
