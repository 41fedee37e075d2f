from __future__ import annotations

from smtpwizard.model.smtp import Security
from smtpwizard.tui.words import LACKS, SECURITY
from smtpwizard.wizard.needs import Lack


def test_everything_that_can_be_missing_has_a_sentence() -> None:
    assert set(LACKS) == set(Lack)


def test_every_kind_of_security_has_words() -> None:
    assert set(SECURITY) == set(Security)
