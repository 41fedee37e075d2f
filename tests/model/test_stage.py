from __future__ import annotations

import pytest

from smtpwizard.model.stage import Stage, Status, worst


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [
        ([], Status.SKIP),
        ([Status.PASS], Status.PASS),
        ([Status.SKIP, Status.SKIP], Status.SKIP),
        ([Status.SKIP, Status.PASS], Status.PASS),
        ([Status.PASS, Status.WARN, Status.SKIP], Status.WARN),
        ([Status.WARN, Status.FAIL], Status.FAIL),
        ([Status.WARN, Status.ERROR], Status.ERROR),
        ([Status.ERROR, Status.FAIL, Status.PASS], Status.FAIL),
    ],
)
def test_the_worst_outcome_is_the_verdict(statuses: list[Status], verdict: Status) -> None:
    assert worst(statuses) is verdict
    assert worst(statuses[::-1]) is verdict


def test_stages_are_ordered_as_a_submission_goes() -> None:
    assert Stage.SETTINGS.order == 0
    assert Stage.TLS.order < Stage.AUTH.order < Stage.MAIL.order < Stage.RCPT.order < Stage.DATA.order
