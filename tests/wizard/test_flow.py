from __future__ import annotations

import pytest
from msgspec.structs import replace

from smtpwizard.model.evidence.answers import Answer, Probed
from smtpwizard.model.report import Report
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Status
from smtpwizard.wizard import flow
from smtpwizard.wizard.state import Step, Trial
from tests.tui.world import ready

PASSED = Report(verdict=Status.PASS)
FAILED = Report(verdict=Status.FAIL)


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


def test_a_probe_alone_is_no_answer_to_take_back() -> None:
    probe = Probed("p", Endpoint("mail.test", 465, Security.TLS), Status.PASS, ())
    assert flow.back(ready(step=Step.TROUBLE, report=FAILED, answers=(probe,))).step is Step.CHECKS


def test_back_from_the_troubleshooter_returns_to_the_proof_where_that_was_its_matter() -> None:
    progress = flow.look_into(ready(report=PASSED, proof=FAILED, step=Step.PROOF), Trial.PROOF)
    assert progress.troubled is FAILED
    assert flow.back(progress).step is Step.PROOF
