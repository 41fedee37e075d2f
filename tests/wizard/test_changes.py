from __future__ import annotations

import pytest
from msgspec.structs import replace

from smtpwizard.model.cause import Action, ActionKind, Remedy
from smtpwizard.model.evidence.answers import Answer
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.wizard import changes, needs
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Field, Form, Keeping, Step
from tests.tui.world import custom, gmail, knowledge, ready

PASSED = Report(verdict=Status.PASS)
FAILED = Report(verdict=Status.FAIL)


def test_choosing_a_provider_fills_in_its_preferred_endpoint() -> None:
    form = gmail().form
    assert (form.host, form.port, form.security) == ("smtp.gmail.com", "465", Security.TLS)


def test_choosing_the_same_provider_again_keeps_what_was_entered() -> None:
    entered = replace(ready(), step=Step.PROVIDER)
    again = changes.choose_provider(entered, knowledge().providers["gmail"])
    assert again == replace(entered, step=Step.GUIDE)


def test_choosing_another_provider_drops_the_secret_and_the_results() -> None:
    changed = changes.choose_provider(ready(report=PASSED), knowledge().providers["fastmail"])
    assert (changed.secret, changed.report) == (None, None)


def test_a_provider_with_a_fixed_user_name_gets_that_one() -> None:
    assert changes.choose_provider(gmail(), knowledge().providers["sendgrid"]).form.username == "apikey"


def test_another_answer_to_the_same_question_takes_the_place_of_the_first() -> None:
    progress = ready(answers=(Answer("one", "yes"), Answer("two", "no")))
    assert changes.answered(progress, Answer("one", "no")).answers == (Answer("two", "no"), Answer("one", "no"))


def test_another_host_undoes_what_was_found_out() -> None:
    progress = custom(form=Form(host="one.test"), report=PASSED)
    assert changes.with_form(progress, Form(host="two.test")).report is None


def test_the_same_form_undoes_nothing() -> None:
    progress = ready(report=PASSED)
    assert changes.with_form(progress, progress.form) is progress


def test_another_secret_undoes_what_was_found_out() -> None:
    assert changes.with_secret(ready(report=PASSED), Secret("other")).report is None


def test_another_recipient_undoes_only_the_proof() -> None:
    progress = changes.with_envelope(ready(report=PASSED, proof=PASSED), "", "grace@example.com")
    assert (progress.report, progress.proof) == (PASSED, None)


@pytest.mark.parametrize(
    ("action", "form"),
    [
        (Action("set-endpoint", port=587, security=Security.STARTTLS), ("smtp.gmail.com", "587", Security.STARTTLS)),
        (Action("set-endpoint", security=Security.STARTTLS), ("smtp.gmail.com", "587", Security.STARTTLS)),
        (Action("set-endpoint", host="other.test"), ("other.test", "465", Security.TLS)),
    ],
)
def test_a_remedy_that_sets_the_endpoint_leads_to_new_checks(action: Action, form: tuple[str, str, Security]) -> None:
    progress = changes.apply_action(ready(report=FAILED, step=Step.TROUBLE), action)
    assert (progress.form.host, progress.form.port, progress.form.security) == form
    assert (progress.step, progress.report) == (Step.CHECKS, None)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("enter-secret", Field.SECRET), ("enter-username", Field.USERNAME), ("enter-sender", Field.SENDER)],
)
def test_a_remedy_that_asks_for_something_leads_to_its_field(kind: ActionKind, field: Field) -> None:
    progress = changes.apply_action(ready(report=FAILED, step=Step.TROUBLE), Action(kind))
    assert (progress.step, progress.focus) == (Step.CREDENTIALS, field)
    assert needs.first_field(progress) is field


def test_another_mechanism_is_taken_to_new_checks() -> None:
    progress = changes.apply_action(ready(report=FAILED), Action("switch-mechanism", mechanism="LOGIN"))
    assert account_of(progress).mechanism == "LOGIN"
    assert progress.step is Step.CHECKS


@pytest.mark.parametrize("kind", ["open-page", "copy-command", "wait"])
def test_a_remedy_outside_of_the_wizard_changes_nothing_in_it(kind: ActionKind) -> None:
    progress = ready(report=FAILED, step=Step.TROUBLE)
    assert changes.apply_action(progress, Action(kind)) is progress


@pytest.mark.parametrize(
    ("remedy", "kind"),
    [
        (Remedy("x", action=Action("wait", minutes=5)), "wait"),
        (Remedy("x", commands=("ls",), links=("https://a.test",)), "copy-command"),
        (Remedy("x", links=("https://a.test",)), "open-page"),
        (Remedy("x"), None),
    ],
)
def test_a_remedy_without_an_action_still_does_what_it_can(remedy: Remedy, kind: str | None) -> None:
    action = changes.deed(remedy)
    assert (action.kind if action is not None else None) == kind


def test_what_the_keyring_keeps_is_not_looked_for_under_the_name_of_another_account() -> None:
    kept = ready(keeping=Keeping.KEYRING, keyring=Keyring("Any", "usable"))
    sender = changes.with_form(kept, replace(kept.form, sender="shop@example.com", port="587"))
    username = changes.with_form(kept, replace(kept.form, username="bea@gmail.com"))
    host = changes.apply_action(kept, Action("set-endpoint", host="smtp-relay.gmail.com"))
    port = changes.apply_action(kept, Action("set-endpoint", port=587, security=Security.STARTTLS))
    assert [progress.keyring is None for progress in (sender, username, host, port)] == [False, True, True, False]
    assert username.keeping is Keeping.KEYRING


@pytest.mark.parametrize("outcome", ["missing", "locked", "loses", "timeout", "failed"])
def test_a_keyring_that_did_not_keep_the_secret_is_not_counted_on(outcome: str) -> None:
    progress = changes.with_keyring(ready(), Keyring("Any", outcome))  # type: ignore[arg-type]
    assert (progress.keeping, progress.keyring) == (Keeping.SESSION, None)


def test_a_secret_from_another_place_and_its_results_do_not_count() -> None:
    known = ready(report=PASSED, keeping=Keeping.VARIABLE, source="ONE")
    assert changes.with_source(known, Keeping.VARIABLE, "ONE") == known
    for keeping, source in ((Keeping.VARIABLE, "TWO"), (Keeping.COMMAND, "ONE")):
        moved = changes.with_source(known, keeping, source)
        assert (moved.secret, moved.report) == (None, None)
    assert changes.with_source(known, Keeping.SESSION, "ONE") == replace(known, keeping=Keeping.SESSION)
