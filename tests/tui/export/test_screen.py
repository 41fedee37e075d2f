from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Static

from smtpwizard.model.check import Check, Context
from smtpwizard.tui.export.screen import ExportScreen
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Progress, Step
from tests.tui.reports import PASSED
from tests.tui.world import PASSWORD, SIZES, ready, refused, shows, surroundings, text_of, until, well, wizard

Compare = Callable[..., bool]


def at_export(**changes: object) -> Progress:
    return ready(step=Step.EXPORT, report=PASSED, **changes)


def planned(pilot: Pilot[Outcome]) -> bool:
    screen = pilot.app.screen
    return isinstance(screen, ExportScreen) and screen.plan is not None


def steps(pilot: Pilot[Outcome]) -> str:
    return str(pilot.app.screen.query_one("#steps", Static).render())


def remarks(pilot: Pilot[Outcome]) -> str:
    return str(pilot.app.screen.query_one("#remarks", Static).render())


async def test_the_preview_shows_every_setting_and_no_secret(tmp_path: Path) -> None:
    app = wizard(at_export(), surroundings(folder=tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "SMTP_PASSWORD=••••••" in text_of(app))
        assert "SMTP_HOST=smtp.gmail.com" in text_of(app)
        assert PASSWORD not in app.export_screenshot()


async def test_enter_writes_reads_back_and_logs_in_with_what_the_file_says(tmp_path: Path) -> None:
    seen: list[Context] = []
    app = wizard(at_export(), surroundings(well(seen=seen.append), folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert PASSWORD in (tmp_path / ".env").read_text()
    (context,) = seen
    assert (context.account.host, context.secret) == ("smtp.gmail.com", ready().secret)
    assert context.options.vault_name is None
    assert app.progress.proven is not None


async def test_what_the_program_would_not_take_from_the_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PORT", "25")
    app = wizard(at_export(), surroundings(well(), folder=tmp_path))
    async with app.run_test(notifications=True, size=(120, 40)) as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "SMTP_PORT is also set in the environment" in text_of(app))


async def test_working_is_not_said_when_the_log_in_from_the_file_fails(tmp_path: Path) -> None:
    app = wizard(at_export(), surroundings(refused(), folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "log-in with the file failed" in steps(pilot))
        assert app.progress.step is Step.EXPORT
        assert app.progress.proven is None
    assert app.progress.written == tmp_path / ".env"


async def test_what_changes_in_an_existing_file_is_shown_first_and_its_other_lines_stay(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# mine\nDEBUG=1\nSMTP_HOST=old.test\n")
    app = wizard(at_export(), surroundings(well(), folder=tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "-SMTP_HOST=old.test" in text_of(app))
        assert "+SMTP_HOST=smtp.gmail.com" in text_of(app)
        assert PASSWORD not in text_of(app)
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "-SMTP_HOST=old.test" not in text_of(app))
        assert "SMTP_HOST=smtp.gmail.com" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert (tmp_path / ".env").read_text().startswith("# mine\nDEBUG=1\nSMTP_HOST=smtp.gmail.com\n")


async def test_what_changes_in_another_file_is_shown_first_too(tmp_path: Path) -> None:
    for name in (".env", "mail.env"):
        (tmp_path / name).write_text("SMTP_HOST=old.test\n")
    app = wizard(at_export(), surroundings(folder=tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "-SMTP_HOST=old.test" in text_of(app))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: "-SMTP_HOST=old.test" not in text_of(app))
        await pilot.press("tab", *"mail.env")
        await until(pilot, lambda: planned(pilot) and app.screen.plan.path == tmp_path / "mail.env")  # type: ignore[attr-defined]
        await until(pilot, lambda: "-SMTP_HOST=old.test" in text_of(app))


async def test_what_changes_can_be_seen_to_its_end(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("".join(f"SMTP_HOST_{number}=old.test\n" for number in range(9)))
    app = wizard(at_export(target="django"), surroundings(folder=tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: planned(pilot))
        sheet = app.screen.query_one("#sheet", VerticalScroll)
        await until(pilot, lambda: sheet.max_scroll_y > 0)
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: sheet.scroll_y == sheet.max_scroll_y)
        await pilot.press("pageup", "pageup")
        await until(pilot, lambda: sheet.scroll_y == 0)


async def test_another_target_has_other_names(tmp_path: Path) -> None:
    app = wizard(at_export(target="django"), surroundings(folder=tmp_path))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "EMAIL_HOST=smtp.gmail.com" in text_of(app))


async def test_a_typed_path_is_where_the_file_goes(tmp_path: Path) -> None:
    app = wizard(at_export(), surroundings(well(), folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("tab", *"mail.env")
        await until(pilot, lambda: planned(pilot) and app.screen.plan.path == tmp_path / "mail.env")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert (tmp_path / "mail.env").is_file()


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    app = wizard(at_export(path=str(tmp_path)), surroundings(folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: remarks(pilot).startswith("✗"))
        await pilot.press("enter")
        await pilot.pause()
        assert app.progress.written is None


async def test_a_fault_behind_the_page_takes_the_place_of_what_was_under_way(tmp_path: Path) -> None:
    def broken() -> tuple[Check, ...]:
        raise RuntimeError("no checks to be had")

    app = wizard(at_export(), surroundings(broken, folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✗ A fault of this program" in steps(pilot))
        assert "◔" not in steps(pilot)
        assert "✓ Written" in steps(pilot)
        assert app.progress.proven is None


@pytest.fixture
def locked_folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o500)
    return tmp_path


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
async def test_a_folder_that_may_not_be_written_to_is_said(locked_folder: Path) -> None:
    app = wizard(at_export(), surroundings(well(), folder=locked_folder))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "✗" in steps(pilot))
        assert app.progress.written is None


async def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    app = wizard(at_export(), surroundings(well(), folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        (tmp_path / ".env").write_text("NEW=1\n")
        await pilot.press("enter")
        await until(pilot, lambda: "has changed since" in " ".join(steps(pilot).split()))
    assert (tmp_path / ".env").read_text() == "NEW=1\n"


async def test_target_and_path_survive_going_back(tmp_path: Path) -> None:
    app = wizard(at_export(), surroundings(folder=tmp_path))
    async with app.run_test() as pilot:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("down", "tab", *"x.env", "escape")
        await until(pilot, lambda: shows(app, Step.PROOF))
        assert (app.progress.target is not None, app.progress.path) == (True, "x.env")
        assert app.progress.target != "generic"


def in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None = None) -> Path:
    """A folder whose name is the same in every picture."""
    folder = tmp_path / "app"
    folder.mkdir()
    if text is not None:
        (folder / ".env").write_text(text)
    monkeypatch.chdir(folder)
    return Path()


async def ready_to_write(pilot: Pilot[Outcome]) -> None:
    await until(pilot, lambda: planned(pilot))


@pytest.mark.parametrize("size", SIZES)
def test_a_preview_looks_as_it_should(
    snap_compare: Compare, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = wizard(at_export(), surroundings(folder=in_place(tmp_path, monkeypatch)))
    assert snap_compare(app, terminal_size=size, run_before=ready_to_write)


@pytest.mark.parametrize("size", SIZES)
def test_changes_to_a_file_look_as_they_should(
    snap_compare: Compare, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = in_place(tmp_path, monkeypatch, "# mine\nDEBUG=1\nSMTP_HOST=old.test\nSMTP_PASSWORD=old-secret\n")
    app = wizard(at_export(), surroundings(folder=folder))

    async def changes(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: planned(pilot))

    assert snap_compare(app, terminal_size=size, run_before=changes)


@pytest.mark.parametrize("size", SIZES)
def test_a_log_in_that_fails_looks_as_it_should(
    snap_compare: Compare, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = wizard(at_export(path=".env"), surroundings(refused(), folder=in_place(tmp_path, monkeypatch)))

    async def failed(pilot: Pilot[Outcome]) -> None:
        await until(pilot, lambda: planned(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "log-in with the file failed" in steps(pilot))

    assert snap_compare(app, terminal_size=size, run_before=failed)
