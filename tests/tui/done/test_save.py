from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from smtpwizard.model.profile import InFile, Nowhere
from smtpwizard.profiles.folder import ProfileFolder
from smtpwizard.tui.done.save import SaveScreen
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Keeping, Progress, Step
from tests.tui.reports import PASSED
from tests.tui.world import (
    PASSWORD,
    SIZES,
    MemoryVault,
    Raising,
    Waiting,
    at,
    ready,
    shows,
    surroundings,
    text_of,
    until,
    wizard,
)

Compare = Callable[..., bool]


def done() -> Progress:
    return ready(step=Step.DONE, report=PASSED, target="generic", written=Path("/srv/app/.env"), proven=PASSED)


async def test_s_and_enter_save_the_account_under_the_suggested_name() -> None:
    vault = MemoryVault()
    app = wizard(done(), surroundings(vault=vault))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        assert "gmail" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Saved. Test it again with" in text_of(app))
    assert ProfileFolder().read("gmail").profile.username == "anna@gmail.com"
    assert len(vault.kept) == 1


async def test_what_is_typed_takes_the_place_of_the_suggestion() -> None:
    app = wizard(done())
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await pilot.press(*"home", "enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert ProfileFolder().names() == ("home",)


async def test_what_cannot_be_saved_is_said_and_the_name_can_be_changed() -> None:
    app = wizard(done(), surroundings(vault=MemoryVault("locked")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await pilot.press(*"A b", "enter")
        await until(pilot, lambda: "such as 'a-b'" in " ".join(text_of(app).replace("│", "").split()))
        await pilot.press("ctrl+u", *"ab", "enter")
        await until(pilot, lambda: "the keyring is locked" in " ".join(text_of(app).replace("│", "").split()))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert ProfileFolder().names() == ()


async def test_without_a_passphrase_a_secret_of_the_session_is_not_saved() -> None:
    app = wizard(at(done(), keeping=Keeping.SESSION), surroundings(vault=MemoryVault("missing")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        assert "Passphrase" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.DONE))
    assert ProfileFolder().read("gmail").profile.secret == Nowhere()


@pytest.mark.timeout(400)
async def test_with_a_passphrase_it_is_saved_in_an_encrypted_file() -> None:
    app = wizard(at(done(), keeping=Keeping.SESSION), surroundings(vault=MemoryVault("missing")))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await pilot.press("tab", *"a long word", "enter")
        await app.screen.workers.wait_for_complete()
        await until(pilot, lambda: shows(app, Step.DONE))
    place = ProfileFolder().read("gmail").profile.secret
    assert isinstance(place, InFile)
    assert b"long" not in ProfileFolder().read_secret(place)


async def test_a_fault_behind_the_question_is_said_in_it() -> None:
    app = wizard(done(), surroundings(vault=Raising()))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await pilot.press("enter")
        await until(pilot, lambda: "please report it" in text_of(app))
        assert isinstance(app.screen, SaveScreen)
        assert PASSWORD not in text_of(app)


async def test_it_is_saved_once_whatever_is_pressed_meanwhile() -> None:
    vault = Waiting()
    app = wizard(done(), surroundings(vault=vault))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SaveScreen))
        await pilot.press("enter")
        await until(pilot, lambda: len(vault.asked) == 1)
        await pilot.press("enter", "escape", "tab", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SaveScreen)
        vault.gate.set()
        await until(pilot, lambda: shows(app, Step.DONE))
    assert len(vault.asked) == len(vault.kept) == 1
    assert ProfileFolder().names() == ("gmail",)


async def test_a_demonstration_saves_nothing() -> None:
    app = wizard(done(), surroundings(keep=False))
    async with app.run_test() as pilot:
        await until(pilot, lambda: shows(app, Step.DONE))
        assert "s Save" not in text_of(app)
        await pilot.press("s")
        await pilot.pause()
        assert not isinstance(app.screen, SaveScreen)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keeping", [Keeping.KEYRING, Keeping.SESSION])
def test_saving_looks_as_it_should(snap_compare: Compare, size: tuple[int, int], keeping: Keeping) -> None:
    progress = at(done(), keeping=keeping)

    async def ask(pilot: Pilot[Outcome]) -> None:
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, SaveScreen))

    assert snap_compare(wizard(progress), terminal_size=size, run_before=ask)
