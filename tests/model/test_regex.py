from __future__ import annotations

import re

import pytest

from smtpwizard.model.regex import later


def test_a_pattern_is_compiled_once_and_with_its_flags() -> None:
    pattern = later("said", re.IGNORECASE)
    assert pattern().search("it SAID")
    assert pattern() is pattern()


def test_a_pattern_that_nobody_asks_for_is_not_compiled() -> None:
    pattern = later("(")
    with pytest.raises(re.error):
        pattern()
