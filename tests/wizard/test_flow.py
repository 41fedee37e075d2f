from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from smtpwizard.model.cause import Action, ActionKind, Remedy
from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.provider import ProviderEndpoint
from smtpwizard.model.report import Report
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Status
from smtpwizard.wizard import flow
from smtpwizard.wizard.flow import Lack
from smtpwizard.wizard.state import Field, Form, Keeping, Progress, Step, Trial
from tests.tui.world import custom, gmail, knowledge, ready

PASSED = Report(verdict=Status.PASS)
FAILED = Report(verdict=Status.FAIL)


def test_choosing_a_provider_fills_in_its_preferred_endpoint() -> None:
    form = gmail().form
    assert (form.host, form.port, form.security) == ("smtp.gmail.com", "465", Security.TLS)


def test_choosing_the_same_provider_again_keeps_what_was_entered() -> None:
    entered = replace(ready(), step=Step.PROVIDER)
    again = flow.choose_provider(entered, knowledge().providers["gmail"])
    assert again == replace(entered, step=Step.GUIDE)


def test_choosing_another_provider_drops_the_secret_and_the_results() -> None:
    changed = flow.choose_provider(ready(report=PASSED), knowledge().providers["fastmail"])
    assert (changed.secret, changed.report) == (None, None)


def test_a_provider_with_a_fixed_user_name_gets_that_one() -> None:
    assert flow.choose_provider(gmail(), knowledge().providers["sendgrid"]).form.username == "apikey"


@pytest.mark.parametrize(
    ("provider", "fields"),
    [
        ("gmail", (Field.USERNAME, Field.SECRET)),
        ("custom", (Field.HOST, Field.PORT, Field.SECURITY, Field.USERNAME, Field.SECRET)),
        ("sendgrid", (Field.SECRET, Field.SENDER)),
    ],
)
def test_only_fields_are_asked_for_that_do_not_follow_from_the_provider(
    provider: str, fields: tuple[Field, ...]
) -> None:
    assert flow.fields_needed(flow.choose_provider(Progress(), knowledge().providers[provider])) == fields


def test_a_host_that_only_the_person_can_fill_in_is_asked_for() -> None:
    place = ProviderEndpoint("mail.{domain}", 587, Security.STARTTLS, preferred=True)
    provider = msgspec.structs.replace(knowledge().providers["gmail"], id="hosting", endpoint=(place,))
    progress = flow.choose_provider(Progress(), provider)
    assert (progress.form.host, progress.form.port, progress.form.security) == ("", "587", Security.STARTTLS)
    assert Field.HOST in flow.fields_needed(progress)
    assert Lack.HOST in flow.lacks(progress, Step.CHECKS)


def test_the_sender_is_asked_for_where_the_user_name_is_no_address() -> None:
    progress = custom(form=Form(username="anna"))
    assert Field.SENDER in flow.fields_needed(progress)


def test_the_user_name_is_the_sender_where_it_is_an_address() -> None:
    assert flow.account_of(ready()).sender == "anna@gmail.com"


@pytest.mark.parametrize(("typed", "port"), [("465", 465), (" 587 ", 587), ("", 0), ("x", 0), ("-1", 0), ("٤٦٥", 0)])
def test_a_port_that_is_no_number_counts_as_none(typed: str, port: int) -> None:
    assert flow.account_of(custom(form=Form(port=typed))).port == port


@pytest.mark.parametrize(
    ("form", "lack"),
    [
        (Form(port="465", username="a"), Lack.HOST),
        (Form(host="mail.test", port="0", username="a"), Lack.PORT),
        (Form(host="mail.test", port="70000", username="a"), Lack.PORT),
        (Form(host="mail.test", port="465", username="a"), Lack.SECRET),
    ],
)
def test_the_checks_wait_until_the_form_can_work(form: Form, lack: Lack) -> None:
    assert flow.lacks(custom(form=form), Step.CHECKS)[0] is lack


def test_a_server_of_ones_own_may_be_used_without_logging_in() -> None:
    assert flow.lacks(custom(form=Form(host="mail.test", port="25")), Step.CHECKS) == ()


def test_a_known_provider_wants_a_user_name() -> None:
    assert Lack.USERNAME in flow.lacks(ready(form=Form(host="smtp.gmail.com", port="465")), Step.CHECKS)


def test_a_provider_without_smtp_goes_no_further_than_its_guide() -> None:
    provider = next(p for p in knowledge().providers.values() if p.status == "no-smtp" and not p.endpoint)
    progress = flow.choose_provider(Progress(), provider)
    assert flow.lacks(progress, Step.CREDENTIALS) == (Lack.NO_SMTP,)
    assert flow.forward(progress) == progress


@pytest.mark.parametrize("step", [Step.PROOF, Step.EXPORT, Step.DONE])
def test_nothing_comes_after_checks_that_have_not_passed(step: Step) -> None:
    assert flow.lacks(ready(report=FAILED), step) == (Lack.PASSED,)


def test_working_is_said_only_of_a_written_file() -> None:
    assert flow.lacks(ready(report=PASSED), Step.DONE) == (Lack.WRITTEN,)


def test_the_journey_goes_step_by_step() -> None:
    progress = ready(report=PASSED, step=Step.PROVIDER)
    steps = [progress.step]
    while (progress := flow.forward(progress)).step is not steps[-1]:
        steps.append(progress.step)
    assert steps == [Step.PROVIDER, Step.GUIDE, Step.CREDENTIALS, Step.CHECKS, Step.PROOF, Step.EXPORT]


@pytest.mark.parametrize("step", list(Step))
def test_going_back_loses_nothing(step: Step) -> None:
    progress = ready(step=step, report=PASSED, answers=() if step is Step.TROUBLE else (Answer("q", "a"),))
    assert replace(flow.back(progress), step=step) == progress


def test_back_in_the_troubleshooter_takes_back_the_last_answer_and_what_it_led_to() -> None:
    first, second = Answer("one", "yes"), Answer("two", "no")
    probe = Probed("p", Endpoint("mail.test", 465, Security.TLS), Status.PASS, ())
    progress = ready(step=Step.TROUBLE, report=FAILED, answers=(first, second, probe))
    once = flow.back(progress)
    assert (once.step, once.answers) == (Step.TROUBLE, (first,))
    assert flow.back(once).answers == ()
    assert flow.back(flow.back(once)).step is Step.CHECKS


def test_another_answer_to_the_same_question_takes_the_place_of_the_first() -> None:
    progress = ready(answers=(Answer("one", "yes"), Answer("two", "no")))
    assert flow.answered(progress, Answer("one", "no")).answers == (Answer("two", "no"), Answer("one", "no"))


def test_a_probe_alone_is_no_answer_to_take_back() -> None:
    probe = Probed("p", Endpoint("mail.test", 465, Security.TLS), Status.PASS, ())
    assert flow.back(ready(step=Step.TROUBLE, report=FAILED, answers=(probe,))).step is Step.CHECKS


def test_back_from_the_troubleshooter_returns_to_the_proof_where_that_was_its_matter() -> None:
    progress = flow.look_into(ready(report=PASSED, proof=FAILED, step=Step.PROOF), Trial.PROOF)
    assert progress.troubled is FAILED
    assert flow.back(progress).step is Step.PROOF


def test_another_host_undoes_what_was_found_out() -> None:
    progress = custom(form=Form(host="one.test"), report=PASSED)
    assert flow.with_form(progress, Form(host="two.test")).report is None


def test_the_same_form_undoes_nothing() -> None:
    progress = ready(report=PASSED)
    assert flow.with_form(progress, progress.form) is progress


def test_another_secret_undoes_what_was_found_out() -> None:
    assert flow.with_secret(ready(report=PASSED), Secret("other")).report is None


def test_another_recipient_undoes_only_the_proof() -> None:
    progress = flow.with_envelope(ready(report=PASSED, proof=PASSED), "", "grace@example.com")
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
    progress = flow.apply_action(ready(report=FAILED, step=Step.TROUBLE), action)
    assert (progress.form.host, progress.form.port, progress.form.security) == form
    assert (progress.step, progress.report) == (Step.CHECKS, None)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("enter-secret", Field.SECRET), ("enter-username", Field.USERNAME), ("enter-sender", Field.SENDER)],
)
def test_a_remedy_that_asks_for_something_leads_to_its_field(kind: ActionKind, field: Field) -> None:
    progress = flow.apply_action(ready(report=FAILED, step=Step.TROUBLE), Action(kind))
    assert (progress.step, progress.focus) == (Step.CREDENTIALS, field)
    assert flow.first_field(progress) is field


def test_another_mechanism_is_taken_to_new_checks() -> None:
    progress = flow.apply_action(ready(report=FAILED), Action("switch-mechanism", mechanism="LOGIN"))
    assert flow.account_of(progress).mechanism == "LOGIN"
    assert progress.step is Step.CHECKS


@pytest.mark.parametrize("kind", ["open-page", "copy-command", "wait"])
def test_a_remedy_outside_of_the_wizard_changes_nothing_in_it(kind: ActionKind) -> None:
    progress = ready(report=FAILED, step=Step.TROUBLE)
    assert flow.apply_action(progress, Action(kind)) is progress


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
    action = flow.deed(remedy)
    assert (action.kind if action is not None else None) == kind


@pytest.mark.parametrize("outcome", ["missing", "locked", "loses", "timeout", "failed"])
def test_a_keyring_that_did_not_keep_the_secret_is_not_counted_on(outcome: str) -> None:
    progress = flow.with_keyring(ready(), Keyring("Any", outcome))  # type: ignore[arg-type]
    assert (progress.keeping, progress.keyring) == (Keeping.SESSION, None)


@pytest.mark.parametrize(
    ("progress", "loses"),
    [(Progress(), False), (gmail(), False), (ready(), True), (gmail(report=FAILED), True)],
)
def test_leaving_asks_only_where_something_would_be_lost(progress: Progress, loses: bool) -> None:
    assert flow.leaving_loses(progress) is loses


@pytest.mark.parametrize(
    ("keeping", "place"),
    [
        (Keeping.KEYRING, None),
        (Keeping.SESSION, None),
        (Keeping.VARIABLE, InVariable("MINE")),
        (Keeping.COMMAND, FromCommand("MINE")),
    ],
)
def test_where_the_person_keeps_the_secret_decides_what_is_asked(
    keeping: Keeping, place: InVariable | FromCommand | None
) -> None:
    progress = gmail(keeping=keeping, source=" MINE ")
    assert flow.kept_elsewhere(progress) == place
    assert (Field.SOURCE in flow.fields_needed(progress)) is (place is not None)
    assert (Field.SECRET in flow.fields_needed(progress)) is (place is None)
    asked = flow.first_field(replace(progress, focus=Field.SECRET))
    assert asked is (Field.SECRET if place is None else Field.SOURCE)


def test_a_secret_from_another_place_and_its_results_do_not_count() -> None:
    known = ready(report=PASSED, keeping=Keeping.VARIABLE, source="ONE")
    assert flow.with_source(known, Keeping.VARIABLE, "ONE") == known
    for keeping, source in ((Keeping.VARIABLE, "TWO"), (Keeping.COMMAND, "ONE")):
        moved = flow.with_source(known, keeping, source)
        assert (moved.secret, moved.report) == (None, None)
    assert flow.with_source(known, Keeping.SESSION, "ONE") == replace(known, keeping=Keeping.SESSION)
