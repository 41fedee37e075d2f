from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Select

from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.credentials.screen import CredentialsScreen
from smtpwizard.tui.credentials.secret_input import SecretInput
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Form, Keeping, Step
from tests.tui.world import (
    PASSWORD,
    SIZES,
    MemoryVault,
    Raising,
    Waiting,
    custom,
    gmail,
    ready,
    shows,
    surroundings,
    text_of,
    until,
    well,
    wizard,
)

Compare = Callable[..., bool]
Failing = Literal["missing", "locked", "loses", "timeout", "failed"]


OWN = Form(host="mail.test", username="anna")


def paste(text: str) -> Callable[[Pilot[Outcome]], Awaitable[None]]:
    async def act(pilot: Pilot[Outcome]) -> None:
        pilot.app.screen.query_one(SecretInput).focus()
        pilot.app.screen.query_one(SecretInput).post_message(events.Paste(text))
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()

    return act


def note(pilot: Pilot[Outcome], field: str) -> str:
    return str(pilot.app.screen.query_one(f"#note-{field}").render())


async def test_the_cursor_waits_in_the_first_empty_field() -> None:
    async with wizard(gmail(step=Step.CREDENTIALS)).run_test() as pilot:
        await pilot.pause()
        assert isinstance(pilot.app.focused, SecretInput)


async def test_a_port_that_is_no_number_at_all_can_be_mended() -> None:
    form = Form(host="mail.test", port="5" * 5000, username="anna")
    async with wizard(custom(step=Step.CREDENTIALS, form=form)).run_test() as pilot:
        await pilot.pause()
        assert pilot.app.screen.query_one("#port", Input).value == form.port


async def test_the_sender_is_asked_for_as_soon_as_it_does_not_follow_from_the_user_name() -> None:
    async with wizard(custom(step=Step.CREDENTIALS)).run_test() as pilot:
        await pilot.pause()
        username, sender = (pilot.app.screen.query_one(f"#{name}", Input) for name in ("username", "sender"))
        username.value = "ann"
        assert sender.display
        username.value = "ann@mail.test"
        assert not sender.display


async def test_keys_that_edit_take_their_turn_among_the_letters() -> None:
    async with wizard(custom(step=Step.CREDENTIALS)).run_test() as pilot:
        await pilot.pause()
        port = pilot.app.screen.query_one("#port", Input)
        port.focus()
        await pilot.pause()
        for key in ("9", "9", "ctrl+u", "2", "5", "2", "6", "backspace", "5"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: port.value == "2525")


async def test_spaces_that_a_paste_brings_along_are_taken_out_and_named() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS))
    async with app.run_test() as pilot:
        await paste("abcd efgh\u00a0ijkl mnop")(pilot)
        await until(pilot, lambda: "shape of an app password" in note(pilot, "secret"))
        assert "Spaces and non-breaking spaces were taken out" in note(pilot, "secret")
        assert app.screen.query_one(SecretInput).secret == Secret(PASSWORD)


async def test_the_account_password_is_told_from_an_app_password() -> None:
    async with wizard(gmail(step=Step.CREDENTIALS)).run_test() as pilot:
        await paste("Summer-2026!")(pilot)
        await until(pilot, lambda: "password of the Google account" in note(pilot, "secret"))
        assert "16 letters" in note(pilot, "secret")


async def test_spaces_typed_by_hand_are_no_part_of_the_secret_either() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS, keeping=Keeping.SESSION), surroundings(well(), keep=False))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"abcd", "space", *"efgh", "space", *"ijkl", "space", *"mnop", "enter")
        await until(pilot, lambda: shows(app, Step.CHECKS))
        assert app.progress.secret == Secret(PASSWORD)


@pytest.mark.parametrize(
    ("host", "said"),
    [("https://mail.test", "is mail.test meant"), ("mail.test:465", "port"), ("anna@mail.test", "e-mail address")],
)
async def test_a_host_that_cannot_be_one_is_noted_while_typing(host: str, said: str) -> None:
    async with wizard(custom(step=Step.CREDENTIALS)).run_test() as pilot:
        await pilot.pause()
        await pilot.press(*host)
        await until(pilot, lambda: said in note(pilot, "host"))


@pytest.mark.parametrize("port", ["0", "70000", "x"])
async def test_a_port_that_does_not_exist_goes_no_further(port: str) -> None:
    app = wizard(
        custom(step=Step.CREDENTIALS, form=Form(host="mail.test", port=port, username="a"), secret=Secret("x"))
    )
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.focused is not None and app.focused.id == "port")
        assert app.progress.step is Step.CREDENTIALS


async def test_a_missing_secret_is_asked_for() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS))
    async with app.run_test(notifications=True) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "password is missing" in text_of(app))
        assert app.progress.step is Step.CREDENTIALS


async def test_the_port_follows_the_security_while_it_is_a_usual_one() -> None:
    app = wizard(custom(step=Step.CREDENTIALS))
    async with app.run_test() as pilot:
        await pilot.pause()
        app.screen.query_one("#security", Select).value = Security.STARTTLS
        await pilot.pause()
        assert isinstance(app.screen, CredentialsScreen)
        assert app.screen.remember().form.port == "587"


async def test_a_port_of_ones_own_stays_whatever_the_security() -> None:
    app = wizard(custom(step=Step.CREDENTIALS, form=Form(port="2525")))
    async with app.run_test() as pilot:
        await pilot.pause()
        app.screen.query_one("#security", Select).value = Security.STARTTLS
        await pilot.pause()
        assert isinstance(app.screen, CredentialsScreen)
        assert app.screen.remember().form.port == "2525"


async def test_the_secret_is_in_the_keyring_before_the_checks_begin() -> None:
    vault = MemoryVault()
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(well(), vault=vault))
    async with app.run_test() as pilot:
        await paste(PASSWORD)(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.CHECKS))
    assert vault.kept == {"anna@gmail.com@smtp.gmail.com": Secret(PASSWORD)}
    assert app.progress.keyring is not None


@pytest.mark.parametrize("outcome", ["locked", "loses", "timeout", "failed"])
async def test_a_keyring_that_does_not_keep_the_secret_is_said_before_anything_goes_on(outcome: Failing) -> None:
    vault = MemoryVault("loses")
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(well(), vault=vault))
    async with app.run_test() as pilot:
        await paste(PASSWORD)(pilot)
        vault.outcome = outcome
        await pilot.press("enter")
        await until(pilot, lambda: "Press Enter to go on without it" in note(pilot, "keep"))
        assert app.progress.step is Step.CREDENTIALS
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.CHECKS))
    assert (app.progress.keeping, app.progress.secret) == (Keeping.SESSION, Secret(PASSWORD))


async def test_where_there_is_no_keyring_the_secret_stays_in_memory_and_that_is_said() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(vault=MemoryVault("missing", backend=None)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query_one("#keep", Select).value is Keeping.SESSION)
        assert "no keyring" in note(pilot, "keep")
        assert "This session only" in text_of(app)


def elsewhere(keeping: Keeping, source: str) -> WizardApp:
    """On Gmail's page, with the secret in a place of the person's own."""
    without = surroundings(well(), vault=MemoryVault("missing", backend=None))
    return wizard(gmail(step=Step.CREDENTIALS, keeping=keeping, source=source), without)


async def test_a_variable_is_asked_for_instead_of_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "abcd efgh ijkl mnop")
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(well(), vault=MemoryVault("missing", backend=None)))
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.screen.query_one("#keep", Select).value is Keeping.SESSION)
        assert not app.screen.query_one("#source").display
        app.screen.query_one("#keep", Select).value = Keeping.VARIABLE
        await until(pilot, lambda: app.screen.query_one("#source").display)
        assert not app.screen.query_one(SecretInput).display
        assert "kept nowhere else" in note(pilot, "secret")
        app.screen.query_one("#source").focus()
        await pilot.press(*"MINE", "enter")
        await until(pilot, lambda: shows(app, Step.CHECKS))
    assert (app.progress.secret, app.progress.keyring) == (Secret(PASSWORD), None)


async def test_a_command_of_a_password_manager_is_run_when_the_checks_begin() -> None:
    app = elsewhere(Keeping.COMMAND, f"printf '%s' '{PASSWORD}'")
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shows(app, Step.CHECKS))
    assert app.progress.secret == Secret(PASSWORD)


@pytest.mark.parametrize(
    ("keeping", "source", "said"),
    [
        (Keeping.VARIABLE, "NOT_SET_ANYWHERE", "NOT_SET_ANYWHERE is not set"),
        (Keeping.COMMAND, "false", "ended with status 1"),
        (Keeping.COMMAND, "/nowhere/[b]", "cannot be run"),
    ],
)
async def test_a_secret_that_is_not_there_is_said_below_the_field(keeping: Keeping, source: str, said: str) -> None:
    app = elsewhere(keeping, source)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: said in note(pilot, "secret"))
        assert app.progress.step is Step.CREDENTIALS
        assert app.focused is app.screen.query_one("#source")


async def test_a_place_that_is_not_named_yet_is_asked_for() -> None:
    app = elsewhere(Keeping.VARIABLE, "")
    async with app.run_test(notifications=True) as pilot:
        await pilot.pause()
        assert app.focused is app.screen.query_one("#source")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "password is missing" in text_of(app))
        assert app.progress.step is Step.CREDENTIALS


@pytest.mark.parametrize("size", SIZES)
def test_a_command_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(elsewhere(Keeping.COMMAND, "pass show mail/gmail"), terminal_size=size)


async def test_a_fault_of_the_keyring_is_said_and_the_secret_can_be_kept_otherwise() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(well(), vault=Raising()))
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: "please report it" in text_of(app))
        await paste(PASSWORD)(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Asking the keyring" not in note(pilot, "keep"))
        assert app.progress.step is Step.CREDENTIALS
        app.screen.query_one("#keep", Select).value = Keeping.SESSION
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.CHECKS))


async def test_what_is_typed_while_the_keyring_asks_changes_nothing_that_is_being_kept() -> None:
    vault = Waiting()
    app = wizard(custom(step=Step.CREDENTIALS, form=OWN, secret=Secret("x")), surroundings(well(), vault=vault))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("#username")
        await pilot.press("enter")
        await until(pilot, lambda: vault.asked == ["anna@mail.test"])
        await pilot.press(*"bob", "enter", "ctrl+s")
        vault.gate.set()
        await until(pilot, lambda: shows(app, Step.CHECKS))
    assert (app.progress.form.username, list(vault.kept), len(vault.asked)) == ("anna", ["anna@mail.test"], 1)


async def test_the_page_can_be_left_while_the_keyring_asks() -> None:
    vault = Waiting()
    app = wizard(custom(step=Step.CREDENTIALS, form=OWN, secret=Secret("x")), surroundings(well(), vault=vault))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(vault.asked))
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.GUIDE))
    assert app.progress.form.username == "anna"


async def test_the_cursor_is_where_it_was_once_the_keyring_has_refused() -> None:
    vault = MemoryVault("loses")
    app = wizard(custom(step=Step.CREDENTIALS, form=OWN, secret=Secret("x")), surroundings(well(), vault=vault))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("#username")
        await pilot.press("enter")
        await until(pilot, lambda: "Press Enter to go on without it" in note(pilot, "keep"))
        assert app.focused is app.screen.query_one("#username")


async def test_the_keyring_is_named() -> None:
    async with wizard(gmail(step=Step.CREDENTIALS)).run_test() as pilot:
        await until(pilot, lambda: "Secret Service" in note(pilot, "keep"))


async def test_going_back_and_forth_keeps_half_a_word_and_the_secret() -> None:
    app = wizard(custom(step=Step.CREDENTIALS))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"mail.te")
        await paste("hunter2")(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.GUIDE))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CredentialsScreen))
        assert (app.progress.form.host, app.progress.secret) == ("mail.te", Secret("hunter2"))
        assert "kept from before" in text_of(app)


async def test_a_secret_of_ten_thousand_characters_is_no_trouble() -> None:
    app = wizard(gmail(step=Step.CREDENTIALS))
    async with app.run_test() as pilot:
        await paste("x" * 10_000)(pilot)
        await until(pilot, lambda: "longer than any server takes" in note(pilot, "secret"))


async def test_a_region_is_chosen_from_the_providers_own_servers() -> None:
    from smtpwizard.wizard import changes
    from smtpwizard.wizard.state import Progress
    from tests.tui.world import at, knowledge

    progress = at(changes.choose_provider(Progress(), knowledge().providers["amazon-ses"]), step=Step.CREDENTIALS)
    app = wizard(progress)
    async with app.run_test() as pilot:
        await pilot.pause()
        place = knowledge().providers["amazon-ses"].endpoint[-1].endpoint
        app.screen.query_one("#endpoint", Select).value = place
        await pilot.pause()
        assert isinstance(app.screen, CredentialsScreen)
        assert app.screen.remember().form.host == place.host


@pytest.mark.parametrize("size", SIZES)
def test_a_right_secret_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = wizard(gmail(step=Step.CREDENTIALS))
    assert snap_compare(app, terminal_size=size, run_before=paste("abcd efgh ijkl mnop"))


@pytest.mark.parametrize("size", SIZES)
def test_a_wrong_secret_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = wizard(gmail(step=Step.CREDENTIALS), surroundings(vault=MemoryVault("missing", backend=None)))
    assert snap_compare(app, terminal_size=size, run_before=paste("Summer-2026!"))


@pytest.mark.parametrize("size", SIZES)
def test_a_server_of_ones_own_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = wizard(custom(step=Step.CREDENTIALS, form=Form(host="https://mail.test", port="465", username="anna")))
    assert snap_compare(app, terminal_size=size, run_before=paste("hunter2"))


def test_a_secret_from_before_looks_as_it_should(snap_compare: Compare) -> None:
    assert snap_compare(wizard(ready(step=Step.CREDENTIALS)), terminal_size=(80, 24))
