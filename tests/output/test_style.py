from __future__ import annotations

import sys

import pytest

from smtpwizard.output.style import coloured, paint, width, wrapped


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_given_colour() -> None:
    assert coloured()
    assert paint("x", "red", bold=True) == "\x1b[31m\x1b[1mx\x1b[0m"


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_person_who_wants_none_is_given_none(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert paint("x", "red", bold=True, dim=True) == "x"


def test_a_pipe_is_given_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    assert not coloured()
    assert paint("x", "red") == "x"


@pytest.mark.parametrize(("columns", "expected"), [("10", 40), ("80", 80), ("500", 100), ("nonsense", 100)])
def test_lines_are_neither_too_narrow_nor_too_wide(
    monkeypatch: pytest.MonkeyPatch, columns: str, expected: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == expected


def test_text_is_wrapped_and_indented_and_long_words_stay_whole() -> None:
    text = wrapped(f"{'word ' * 20}https://example.com/{'x' * 90}", "    ", "  1. ")
    first, *others = text.splitlines()
    assert first.startswith("  1. word")
    assert all(line.startswith("    ") for line in others)
    assert others[-1] == f"    https://example.com/{'x' * 90}"
    assert max(map(len, [first, *others[:-1]])) <= 80
