from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from smtpwizard.model.cause import Action, Remedy
from smtpwizard.model.check import Check, Context
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.connect import Connection, Ports
from smtpwizard.model.evidence.tls import Handshake
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.tui.app import WizardApp
from smtpwizard.tui.credentials.secret_input import SecretInput
from smtpwizard.tui.numbered import NumberedRow
from smtpwizard.tui.trouble.screen import TroubleScreen
from smtpwizard.wizard import changes
from smtpwizard.wizard.state import Form, Progress, Step
from tests.tui.reports import REFUSED, run
from tests.tui.world import (
    HOSTILE,
    SIZES,
    Opened,
    at,
    custom,
    ready,
    reply,
    scripted,
    shows,
    surroundings,
    text_of,
    until,
    well,
    wizard,
)

Compare = Callable[..., bool]

OWN = Form(host="mail.test", port="465", username="anna@mail.test")
NO_TLS = Handshake("failed", None, None, "wrong-version-number", "wrong version number", 9.0)


def mistaken_port(passes: bool, seen: Callable[[Context], None] | None = None) -> tuple[Check, ...]:
    """Implicit TLS meets a port that does not speak it; the probe by STARTTLS passes or not."""
    return (
        scripted("tls.implicit", "certificate is trusted and for this host", Status.FAIL, NO_TLS),
        scripted(
            "tls.upgrade", "certificate is trusted and for this host", Status.PASS if passes else Status.FAIL, seen=seen
        ),
    )


def own(**changes: object) -> Progress:
    return custom(form=OWN, secret=Secret("hunter2"), step=Step.TROUBLE, **changes)


def in_doubt() -> Progress:
    """No mail port of the host answers, which leaves two answers: the troubleshooter has to ask."""
    progress = own()
    nothing = Connection("mail.test", "192.0.2.9", 465, "IPv4", "timeout", "ETIMEDOUT", 10_000.0)
    checks = (
        scripted("connect.open", "port can be connected to", Status.FAIL, nothing),
        scripted("connect.ports", "other mail ports of the host are known", Status.FAIL, Ports("all-dropped", ())),
    )
    return at(progress, report=run(checks, progress))


def refused_by_gmail() -> Progress:
    return ready(step=Step.TROUBLE, report=REFUSED)


def mistaken(**changes: object) -> Progress:
    progress = own()
    return at(progress, report=run(mistaken_port(passes=True)[:1], progress), **changes)


async def shown(app: WizardApp, pilot: object) -> TroubleScreen:
    def there() -> bool:
        screen = app.screen
        return isinstance(screen, TroubleScreen) and bool(screen.query(NumberedRow)) and not busy(screen)

    await until(pilot, there)  # type: ignore[arg-type]
    assert isinstance(app.screen, TroubleScreen)
    return app.screen


def busy(screen: TroubleScreen) -> bool:
    return any(worker.group in {"think", "show"} and not worker.is_finished for worker in screen.workers)


async def test_the_cause_its_meaning_and_what_was_seen_are_shown() -> None:
    app = wizard(refused_by_gmail())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        cause = app.surroundings.knowledge.causes[screen.findings[0].cause]
        flat = " ".join(text_of(app).split())
        assert cause.title in flat
        assert "Username and Password not accepted" in flat
        assert "How it was found out" in flat


async def test_a_remedy_that_asks_for_the_secret_leads_to_its_field() -> None:
    app = wizard(refused_by_gmail())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        number = next(n for n, remedy in enumerate(screen.remedies, 1) if _kind(changes.deed(remedy)) == "enter-secret")
        await pilot.press(str(number))
        await until(pilot, lambda: shows(app, Step.CREDENTIALS) and isinstance(app.focused, SecretInput))


async def test_a_remedy_with_a_page_opens_it() -> None:
    browser = Opened()
    app = wizard(refused_by_gmail(), surroundings(browser=browser))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        number = next(n for n, remedy in enumerate(screen.remedies, 1) if _kind(changes.deed(remedy)) == "open-page")
        await pilot.press(str(number))
        await until(pilot, lambda: len(browser.pages) == 1)
        assert browser.pages[0].startswith("https://")
        assert app.progress.step is Step.TROUBLE


async def test_a_remedy_with_a_command_copies_it_with_the_settings_filled_in() -> None:
    progress = mistaken()
    app = wizard(progress, surroundings(mistaken_port(passes=True)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        screen.remedies = (Remedy("look", commands=("openssl s_client -connect mail.test:465",)),)
        screen.action_choose(1)
        assert app.clipboard == "openssl s_client -connect mail.test:465"


async def test_what_to_set_in_other_programs_is_left_to_the_export() -> None:
    app = wizard(mistaken(), surroundings(mistaken_port(passes=True)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        cause = app.surroundings.knowledge.causes[screen.findings[0].cause]
        told = {program for remedy in cause.remedy for program in remedy.programs}
        assert "Nodemailer" in told
        assert not any(
            step.startswith(program) for remedy in screen.remedies for step in remedy.steps for program in told
        )


async def test_a_probe_runs_by_itself_without_the_secret_and_its_result_decides() -> None:
    seen: list[Context] = []
    app = wizard(mistaken(), surroundings(mistaken_port(passes=True, seen=seen.append)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        (context,) = seen
        assert context.secret is None
        assert context.account.security is Security.STARTTLS
        (result,) = [item for item in app.progress.answers if isinstance(item, Probed)]
        assert result.status is Status.PASS
        assert screen.findings[0].cause == "wrong-port-starttls"
        assert "it worked on mail.test" in " ".join(text_of(app).split())


async def test_a_remedy_that_sets_the_endpoint_runs_the_checks_again_with_it() -> None:
    app = wizard(mistaken(), surroundings(mistaken_port(passes=True)))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        number = next(n for n, remedy in enumerate(screen.remedies, 1) if _kind(changes.deed(remedy)) == "set-endpoint")
        action = changes.deed(screen.remedies[number - 1])
        assert action is not None
        await pilot.press(str(number))
        await until(pilot, lambda: shows(app, Step.CHECKS) and app.progress.report is not None)
        assert app.progress.form.port == str(action.port)


async def test_a_question_is_answered_by_its_number_and_taken_back_by_escape() -> None:
    app = wizard(in_doubt())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        asked = screen.diagnosis.path
        assert asked is not None
        assert not screen.remedies
        await pilot.press("1")
        await until(pilot, lambda: len(app.progress.answers) == 1 and bool(screen.remedies) and not busy(screen))
        assert isinstance(app.progress.answers[0], Answer)
        await pilot.press("escape")
        await until(pilot, lambda: not app.progress.answers and not screen.remedies and not busy(screen))
        assert screen.diagnosis.path == asked
        await pilot.press("escape")
        await until(pilot, lambda: shows(app, Step.CHECKS))


async def test_other_causes_can_be_leafed_to() -> None:
    app = wizard(in_doubt())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        await pilot.press("3")
        await until(pilot, lambda: bool(screen.remedies) and not busy(screen))
        assert len(screen.findings) > 1
        titles = [app.surroundings.knowledge.causes[finding.cause].title for finding in screen.findings]
        await pilot.press("n")
        await until(pilot, lambda: f"✗ {titles[1]}" in " ".join(text_of(app).split()))
        await pilot.press("p")
        await until(pilot, lambda: f"✗ {titles[0]}" in " ".join(text_of(app).split()))


async def test_a_question_takes_one_answer() -> None:
    app = wizard(in_doubt())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        screen.action_choose(1)
        screen.action_choose(2)
        await until(pilot, lambda: bool(screen.remedies) and not busy(screen))
        assert len(app.progress.answers) == 1


async def test_leafing_fast_shows_each_cause_once() -> None:
    app = wizard(in_doubt())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        await pilot.press("3")
        await until(pilot, lambda: bool(screen.remedies) and not busy(screen))
        await asyncio.gather(*(screen.run_action("leaf(1)") for _ in range(4)))
        title = app.surroundings.knowledge.causes[screen.findings[4 % len(screen.findings)].cause].title
        await until(pilot, lambda: not busy(screen) and f"✗ {title}" in " ".join(text_of(app).split()))
        assert len(screen.query("#waiting")) == 1
        assert len(screen.query(NumberedRow)) == len(screen.remedies)


async def test_testing_again_returns_to_the_checks() -> None:
    app = wizard(refused_by_gmail(), surroundings(well()))
    async with app.run_test() as pilot:
        await shown(app, pilot)
        await pilot.press("r")
        await until(pilot, lambda: shows(app, Step.CHECKS) and app.progress.report is not None)
        assert app.progress.report is not None
        assert app.progress.report.verdict is Status.PASS


async def test_waiting_counts_down_and_can_be_cut_short() -> None:
    app = wizard(refused_by_gmail(), surroundings(well()))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot)
        screen.remedies = (Remedy("wait", action=Action("wait", minutes=5)),)
        screen.action_choose(1)
        await until(pilot, lambda: "Testing again in 5:00" in text_of(app))
        await pilot.press("r")
        await until(pilot, lambda: shows(app, Step.CHECKS))


async def test_words_of_the_server_do_nothing_here_either() -> None:
    progress = own()
    checks = (scripted("auth.login", "log-in", Status.FAIL, reply(Stage.AUTH, "AUTH", 535, "5.7.8", HOSTILE)),)
    app = wizard(at(progress, report=run(checks, progress)))
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(app, pilot)
        await until(pilot, lambda: "[/b] [red]" in text_of(app) or "1" in text_of(app))
        assert "\x1b" not in text_of(app)
        assert "\u202e" not in text_of(app)


async def test_what_nothing_is_known_of_is_said_to_be_unknown() -> None:
    checks = (scripted("environment.odd", "nothing odd", Status.FAIL),)
    progress = own()
    app = wizard(at(progress, report=run(checks, progress)))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Still unknown" in text_of(app))


def _kind(action: Action | None) -> str | None:
    return action.kind if action is not None else None


async def _settled(pilot: object) -> None:
    app = pilot.app  # type: ignore[attr-defined]
    await shown(app, pilot)


@pytest.mark.parametrize("size", SIZES)
def test_a_cause_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(refused_by_gmail()), terminal_size=size, run_before=_settled)


@pytest.mark.parametrize("size", SIZES)
def test_a_question_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(wizard(in_doubt()), terminal_size=size, run_before=_settled)


@pytest.mark.parametrize("size", SIZES)
def test_a_cause_that_a_probe_found_looks_as_it_should(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = wizard(mistaken(), surroundings(mistaken_port(passes=True)))
    assert snap_compare(app, terminal_size=size, run_before=_settled)


def test_an_unknown_failure_looks_as_it_should(snap_compare: Compare) -> None:
    progress = own()
    report: Report = run((scripted("environment.odd", "nothing odd", Status.FAIL),), progress)

    async def settled(pilot: object) -> None:
        await until(pilot, lambda: "Still unknown" in text_of(pilot.app))  # type: ignore[arg-type, attr-defined]

    assert snap_compare(wizard(at(progress, report=report)), terminal_size=(80, 24), run_before=settled)
