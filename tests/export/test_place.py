from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from smtpwizard.export.file import look
from smtpwizard.export.place import place_warnings


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    git(tmp_path, "init", "--quiet")
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def warnings(path: Path, home: Path) -> str:
    return " ".join(place_warnings(path, look(path), home))


def test_a_file_that_git_ignores_needs_no_word(repository: Path) -> None:
    (repository / ".gitignore").write_text(".env\n")
    assert warnings(repository / ".env", repository) == ""


def test_a_file_that_git_does_not_ignore_is_pointed_out(repository: Path) -> None:
    assert "does not ignore" in warnings(repository / ".env", repository)


def test_a_file_that_git_tracks_is_pointed_out_even_when_it_is_ignored(repository: Path) -> None:
    (repository / ".env").touch(0o600)
    git(repository, "add", ".env")
    (repository / ".gitignore").write_text(".env\n")
    assert "git rm --cached .env" in warnings(repository / ".env", repository)


def test_a_repository_that_git_cannot_read_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert "git" in warnings(tmp_path / ".env", tmp_path)


def test_without_git_a_repository_is_pointed_out(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "not installed" in warnings(repository / ".env", repository)


def test_a_link_open_permissions_and_a_far_place_are_pointed_out(tmp_path: Path) -> None:
    home = tmp_path / "project"
    home.mkdir()
    (tmp_path / "real").touch(0o644)
    (tmp_path / "real").chmod(0o644)
    (home / ".env").symlink_to(tmp_path / "real")
    said = warnings(home / ".env", home)
    assert "is a link" in said
    assert "0644" in said
    assert "outside" in said
