from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.model.errors import UsageError
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.writing import planned, target_path, written_and_read
from tests.tui.world import PASSWORD, at, knowledge, ready, surroundings

GENERIC = knowledge().targets["generic"]


def test_the_file_says_what_was_tested(tmp_path: Path) -> None:
    world = surroundings(folder=tmp_path)
    path = target_path(world, ready(), GENERIC)
    written, read = written_and_read(ready(), planned(world, ready(), GENERIC, path))
    assert written.path == tmp_path / ".env"
    assert (read.differing, read.secret) == ((), ready().secret)
    assert read.account.endpoint == account_of(ready()).endpoint


def test_the_plan_shows_no_secret(tmp_path: Path) -> None:
    plan = planned(surroundings(folder=tmp_path), ready(), GENERIC, tmp_path / ".env")
    assert PASSWORD not in plan.preview + plan.diff


def test_a_file_that_changed_since_the_preview_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    plan = planned(surroundings(folder=tmp_path), ready(), GENERIC, path)
    path.write_text("NEW=1\n")
    with pytest.raises(UsageError):
        written_and_read(ready(), plan)
    assert path.read_text() == "NEW=1\n"


@pytest.mark.parametrize(("typed", "expected"), [("", ".env"), ("mail.env", "mail.env"), ("sub/x.env", "sub/x.env")])
def test_a_path_is_meant_from_the_folder_of_the_exports(tmp_path: Path, typed: str, expected: str) -> None:
    assert target_path(surroundings(folder=tmp_path), at(ready(), path=typed), GENERIC) == tmp_path / expected


def test_an_absolute_path_stands_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "x.env"
    assert target_path(surroundings(), at(ready(), path=str(path)), GENERIC) == path


def test_a_home_folder_of_nobody_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="~nobody-of-this-name/x"):
        target_path(surroundings(folder=tmp_path), at(ready(), path="~nobody-of-this-name/x"), GENERIC)
