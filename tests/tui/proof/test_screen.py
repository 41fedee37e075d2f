from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from smtpwizard.model.check import Check, Context
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Stage, Status
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.proof.screen import ProofScreen
from smtpwizard.wizard.changes import with_envelope
from smtpwizard.wizard.outcome import Outcome
from smtpwizard.wizard.state import Progress, Step, Trial
from tests.tui.reports import PASSED
from tests.tui.world import SIZES, ready, reply, scripted, shows, surroundings, text_of, until, well, wizard

Compare = Callable[..., bool]
TO = "grace@example.com"


def at_proof(recipient: str = "") -> Progress:
    return with_envelope(ready(step=Step.PROOF, report=PASSED), "", recipient)


def refusing() -> tuple[Check, ...]:
    unknown = reply(Stage.RCPT, "RCPT", 550, "5.1.1", "No such user here")
    refused = scripted("rcpt.recipient", "server takes the recipient", Status.FAIL, unknown, needs=("mail.sender",))
    return (*(check for check in well() if check.stage.order < Stage.RCPT.order), refused)


def report(app: WizardApp) -> Report | None:
    return app.progress.proof


async def test_the_sender_is_filled_in_and_the_recipient_asked_for() -> None:
    app = wizard(at_proof())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.focused is not None and app.focused.id == "recipient")
        assert "anna@gmail.com" in text_of(app)


async def test_enter_makes_a_dry_run_that_sends_nothing() -> None:
    seen: list[Context] = []
    app = wizard(at_proof(), surroundings(well(seen=seen.append)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*TO, "enter")
        await until(pilot, lambda: report(app) is not None)
        assert "would take this mail. Nothing was sent" in " ".join(text_of(app).split())
    assert [(context.account.recipient, context.options.send) for context in seen] == [(TO, False)]


async def test_a_message_is_sent_only_when_asked_for_and_its_word_is_told() -> None:
    app = wizard(at_proof(TO), surroundings(well()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: report(app) is not None)
        shown = " ".join(text_of(app).split())
        assert "Look for the word 0a1b2c3d in the inbox of grace@example.com" in shown
        assert "<1@gmail.com>" in shown


async def test_asking_twice_sends_one_message() -> None:
    gate, seen = asyncio.Event(), list[Context]()
    message = scripted("data.message", "server takes the test message", Status.PASS, gate=gate, seen=seen.append)
    app = wizard(at_proof(TO), surroundings((message,)))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: bool(seen))
        await pilot.press("ctrl+s", "enter")
        await pilot.click("#really")
        gate.set()
        await until(pilot, lambda: report(app) is not None)
        assert not app.screen.query_one("#really").disabled
    assert [context.options.send for context in seen] == [True]


async def test_a_button_keeps_the_focus_while_the_server_is_asked() -> None:
    app = wizard(at_proof(TO), surroundings(refusing()))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.click("#dry")
        await until(pilot, lambda: report(app) is not None)
        await until(pilot, lambda: app.focused is app.screen.query_one("#dry"))


async def test_news_that_comes_while_the_page_goes_ends_in_no_fault() -> None:
    app = wizard(at_proof(TO))
    async with app.run_test() as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ProofScreen)
        await screen.query_one("#page").remove()
        screen.report = PASSED
        await pilot.pause()
        assert screen.report is PASSED


async def test_without_a_recipient_nothing_is_tried() -> None:
    app = wizard(at_proof(), surroundings(well()))
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert report(app) is None
        assert app.focused is not None
        assert app.focused.id == "recipient"


async def test_going_on_needs_no_proof() -> None:
    app = wizard(at_proof())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("ctrl+n")
        await until(pilot, lambda: shows(app, Step.EXPORT))


async def test_a_refused_recipient_can_be_looked_into_and_back() -> None:
    app = wizard(at_proof(TO), surroundings(refusing()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: report(app) is not None)
        assert "would not take this mail" in " ".join(text_of(app).split())
        await pilot.press("ctrl+w")
        await until(pilot, lambda: shows(app, Step.TROUBLE))
        assert app.progress.trouble is Trial.PROOF
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ProofScreen))
        assert app.progress.form.recipient == TO


async def test_the_recipient_survives_going_back_and_forth() -> None:
    app = wizard(at_proof())
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*"gra", "escape")
        await until(pilot, lambda: shows(app, Step.CHECKS))
        assert app.progress.report is PASSED
        await pilot.press("enter")
        await until(pilot, lambda: shows(app, Step.PROOF))
        assert app.progress.form.recipient == "gra"


async def dry(pilot: Pilot[Outcome]) -> None:
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.progress.proof is not None)  # type: ignore[attr-defined]


async def send(pilot: Pilot[Outcome]) -> None:
    await pilot.press("ctrl+s")
    await until(pilot, lambda: pilot.app.progress.proof is not None)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", SIZES)
def test_the_page_at_first_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(at_proof()), terminal_size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_sent_message_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(at_proof(TO), surroundings(well())), terminal_size=size, run_before=send)


@pytest.mark.parametrize("size", SIZES)
def test_a_refused_recipient_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(at_proof(TO), surroundings(refusing())), terminal_size=size, run_before=dry)
