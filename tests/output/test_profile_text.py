from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from smtpwizard.model.profile import FromCommand, InFile, InKeyring, InVariable, LastTest, Nowhere, Place, Profile
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.output.profile_text import last_test_words, place_words, profile_document, profile_lines, profile_page
from smtpwizard.profiles.folder import Saved

SAVED = Saved("gmail", Path("/p/gmail.json"), Profile("smtp.gmail.com", 465, Security.TLS, username="ann"))


def test_a_profile_in_a_list_is_two_lines() -> None:
    assert profile_lines(SAVED, 8).splitlines() == [
        "gmail     ann at smtp.gmail.com port 465, TLS",
        "          no secret kept; not tested yet",
    ]


def test_a_path_of_any_bytes_is_safe_to_show() -> None:
    saved = Saved("gmail", Path(os.fsdecode(b"/p\xff/gmail.json")), SAVED.profile)
    assert profile_document(saved).file == r"/p\udcff/gmail.json"
    assert msgspec.json.encode(profile_document(saved))


def test_a_page_leaves_out_what_is_not_set() -> None:
    assert profile_page(SAVED).splitlines() == [
        "gmail",
        "  server       smtp.gmail.com port 465, TLS",
        "  user name    ann",
        "  secret       no secret kept",
        "  last test    not tested yet",
        "  file         /p/gmail.json",
    ]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (InKeyring("KWallet", "ann@smtp.gmail.com 01"), "secret in the keyring (KWallet)"),
        (InFile("gmail-01.age"), "secret in an encrypted file (gmail-01.age)"),
        (InVariable("GMAIL"), "secret in the environment variable GMAIL"),
        (FromCommand("pass show gmail"), "secret from the command pass show gmail"),
        (Nowhere(), "no secret kept"),
    ],
)
def test_each_place_of_a_secret_has_its_words(place: Place, words: str) -> None:
    assert place_words(place) == words


def test_a_test_is_told_with_its_verdict_and_time() -> None:
    tested = LastTest("2026-11-28T20:10:41.573Z", Status.FAIL)
    assert last_test_words(tested) == "✗ failed, tested 2026-11-28 20:10 UTC"


def test_the_json_has_everything_but_a_secret() -> None:
    document = profile_document(SAVED)
    assert (document.name, document.file, document.account) == ("gmail", "/p/gmail.json", SAVED.profile.account)
