from __future__ import annotations

from smtpwizard.wizard.state import JOURNEY, Step
from tests.tui.world import PASSWORD, ready


def test_every_page_belongs_to_a_stop_of_the_journey() -> None:
    assert {step.stop for step in Step} == set(JOURNEY)


def test_the_secret_does_not_stand_in_what_a_crash_would_print() -> None:
    assert PASSWORD not in repr(ready())
