from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.provider import ProviderEndpoint
from smtpwizard.model.report import Report
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.wizard import changes, flow, needs
from smtpwizard.wizard.account import kept_elsewhere
from smtpwizard.wizard.needs import Lack
from smtpwizard.wizard.state import Field, Form, Keeping, Progress, Step
from tests.tui.world import custom, gmail, knowledge, ready

PASSED = Report(verdict=Status.PASS)
FAILED = Report(verdict=Status.FAIL)


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
    assert needs.fields_needed(changes.choose_provider(Progress(), knowledge().providers[provider])) == fields


def test_a_host_that_only_the_person_can_fill_in_is_asked_for() -> None:
    place = ProviderEndpoint("mail.{domain}", 587, Security.STARTTLS, preferred=True)
    provider = msgspec.structs.replace(knowledge().providers["gmail"], id="hosting", endpoint=(place,))
    progress = changes.choose_provider(Progress(), provider)
    assert (progress.form.host, progress.form.port, progress.form.security) == ("", "587", Security.STARTTLS)
    assert Field.HOST in needs.fields_needed(progress)
    assert Lack.HOST in needs.lacks(progress, Step.CHECKS)


def test_the_sender_is_asked_for_where_the_user_name_is_no_address() -> None:
    progress = custom(form=Form(username="anna"))
    assert Field.SENDER in needs.fields_needed(progress)


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
    assert needs.lacks(custom(form=form), Step.CHECKS)[0] is lack


def test_a_server_of_ones_own_may_be_used_without_logging_in() -> None:
    assert needs.lacks(custom(form=Form(host="mail.test", port="25")), Step.CHECKS) == ()


def test_a_known_provider_wants_a_user_name() -> None:
    assert Lack.USERNAME in needs.lacks(ready(form=Form(host="smtp.gmail.com", port="465")), Step.CHECKS)


def test_a_provider_without_smtp_goes_no_further_than_its_guide() -> None:
    provider = next(p for p in knowledge().providers.values() if p.status == "no-smtp" and not p.endpoint)
    progress = changes.choose_provider(Progress(), provider)
    assert needs.lacks(progress, Step.CREDENTIALS) == (Lack.NO_SMTP,)
    assert flow.forward(progress) == progress


@pytest.mark.parametrize("step", [Step.PROOF, Step.EXPORT, Step.DONE])
def test_nothing_comes_after_checks_that_have_not_passed(step: Step) -> None:
    assert needs.lacks(ready(report=FAILED), step) == (Lack.PASSED,)


def test_working_is_said_only_of_a_written_file() -> None:
    assert needs.lacks(ready(report=PASSED), Step.DONE) == (Lack.WRITTEN,)


@pytest.mark.parametrize(
    ("progress", "loses"),
    [(Progress(), False), (gmail(), False), (ready(), True), (gmail(report=FAILED), True)],
)
def test_leaving_asks_only_where_something_would_be_lost(progress: Progress, loses: bool) -> None:
    assert needs.leaving_loses(progress) is loses


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
    assert kept_elsewhere(progress) == place
    assert (Field.SOURCE in needs.fields_needed(progress)) is (place is not None)
    assert (Field.SECRET in needs.fields_needed(progress)) is (place is None)
    asked = needs.first_field(replace(progress, focus=Field.SECRET))
    assert asked is (Field.SECRET if place is None else Field.SOURCE)
