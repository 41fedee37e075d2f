from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.cli.accounts import parse_override
from smtpwizard.model.account import Account
from smtpwizard.model.check import Options
from smtpwizard.model.profile import InVariable, Nowhere
from smtpwizard.model.smtp import Security
from smtpwizard.profiles.building import profile_of

ACCOUNT = Account("a.example", 465, Security.TLS, username="ann", sender="ann@a.example")


def test_a_profile_is_about_the_same_account() -> None:
    profile = profile_of(ACCOUNT, Options(), InVariable("X"))
    assert profile.account == ACCOUNT
    assert profile.secret == InVariable("X")
    assert profile.timeout is None


def test_a_path_is_the_same_file_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert profile_of(ACCOUNT, Options(ca_file="ca.pem"), Nowhere()).ca_file == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    "text", ["a.example:25:127.0.0.1:2525", "a.example:25:127.0.0.1", "a.example:25:[::1]:2525", "a.example:25:[::1]"]
)
def test_an_override_is_written_as_it_is_read(text: str) -> None:
    assert profile_of(ACCOUNT, Options(overrides=(parse_override(text),)), Nowhere()).overrides == (text,)
