"""Skip or fail when a real part is missing."""

from __future__ import annotations

import os

import pytest


def require(lacking: str | None) -> None:
    """Skip the test with the reason a part's `available()` gave; do nothing for None.

    With SMTPWIZARD_REQUIRE_REAL=1 in the environment, as `.ci/run` has it, the test fails instead.
    """
    if lacking is None:
        return
    if os.environ.get("SMTPWIZARD_REQUIRE_REAL") == "1":
        pytest.fail(lacking, pytrace=False)
    pytest.skip(lacking)
