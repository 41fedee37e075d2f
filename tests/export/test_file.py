from __future__ import annotations

import os
from pathlib import Path

import pytest

from smtpwizard.export.file import LARGEST, decode, look
from smtpwizard.model.errors import CannotRunError, SmtpWizardError, UsageError


def test_a_path_without_a_file_is_found_empty(tmp_path: Path) -> None:
    assert look(tmp_path / ".env").content is None


def test_a_file_is_recognised_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"A=1")
    before = look(path)
    path.write_bytes(b"A=2")
    assert look(path).digest != before.digest


def test_a_link_is_followed_and_told(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"A=1")
    (tmp_path / ".env").symlink_to("real")
    found = look(tmp_path / ".env")
    assert found.linked
    assert found.path == (tmp_path / "real").resolve()


def test_what_is_no_place_for_a_file_is_named_with_a_way_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"#" * (LARGEST + 1))
    (tmp_path / "round").symlink_to("round")
    (tmp_path / "file").write_bytes(b"")
    cases = {
        tmp_path: "is a folder",
        tmp_path / "none" / ".env": "does not exist",
        tmp_path / "pipe": "no regular file",
        tmp_path / "large": "larger than",
        tmp_path / "round": "leads back to itself",
        tmp_path / "file" / ".env": "does not exist",
        tmp_path / ("x" * 300): "too long",
        tmp_path / "nul\0": "no possible path",
    }
    for path, words in cases.items():
        with pytest.raises(SmtpWizardError, match=words):
            look(path)


@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.touch(0o000)
    with pytest.raises(CannotRunError, match="may not be accessed"):
        look(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"A=1\nB=\xff", r"not UTF-8 \(line 2\)"), (b"A\0", "NUL"), ("A=1".encode("utf-16"), "save it as UTF-8")],
)
def test_what_is_no_text_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        decode(Path(".env"), content)


def test_a_path_with_an_escape_sequence_is_shown_harmless(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        look(tmp_path / "a\x1b[2J" / ".env")
    assert "\x1b" not in str(refused.value)
