from __future__ import annotations

import sys

import pytest

from smtpwizard.cli.wizard import need_terminal, options_from
from smtpwizard.model.check import Options, Override
from smtpwizard.model.errors import CannotRunError, UsageError


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    need_terminal()


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("kind", ["", "dumb"])
def test_a_terminal_that_cannot_be_drawn_on_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setenv("TERM", kind)
    with pytest.raises(CannotRunError, match="TERM is empty or dumb"):
        need_terminal()


def test_options_without_a_word_are_the_usual_ones() -> None:
    assert options_from(10.0, None, None, ()) == Options()


def test_options_reach_every_run() -> None:
    options = options_from(3.0, None, "127.0.0.1:5353", ("mail.example.com:587:127.0.0.1:2587",))
    assert options == Options(
        timeout=3.0,
        nameserver="127.0.0.1:5353",
        overrides=(Override("mail.example.com", 587, "127.0.0.1", 2587),),
    )


@pytest.mark.parametrize(
    ("ca_file", "nameserver", "override"),
    [("/nowhere/ca.pem", None, ()), (None, "nonsense", ()), (None, None, ("nonsense",))],
)
def test_an_option_that_cannot_be_used_is_refused_before_the_screen_opens(
    ca_file: str | None, nameserver: str | None, override: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError):
        options_from(10.0, ca_file, nameserver, override)
