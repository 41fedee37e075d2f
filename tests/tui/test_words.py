from __future__ import annotations

from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.tui.words import LACKS, SECURITY, endpoint_words
from smtpwizard.wizard.needs import Lack


def test_everything_that_can_be_missing_has_a_sentence() -> None:
    assert set(LACKS) == set(Lack)


def test_every_kind_of_security_has_words() -> None:
    assert set(SECURITY) == set(Security)


def test_a_host_is_safe_to_show() -> None:
    assert endpoint_words(Endpoint("mail\x1b[2J.test", 587, Security.STARTTLS)).isprintable()
