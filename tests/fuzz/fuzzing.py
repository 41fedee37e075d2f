"""How long to look for inputs that break something: briefly as a rule, as long as a person says when asked to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

_EXAMPLES: Final = 300
_EXAMPLES_A_ROUND: Final = 2000
SECONDS: Final = float(os.environ.get("SMTPWIZARD_FUZZ_SECONDS", "0"))
"""For each test. 0 means a few hundred examples, whatever time they take."""


def search(strategy: SearchStrategy[Any], test: Callable[[Any], None]) -> None:
    """Try `test` on examples of `strategy`. The smallest one that breaks it is what the failure shows."""
    if not SECONDS:
        _round(strategy, test, _EXAMPLES)
        return
    ends = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < ends:
        number += 1
        _round(strategy, seed(number)(_detached(test)), _EXAMPLES_A_ROUND)


def _detached(test: Callable[[Any], None]) -> Callable[[Any], None]:
    """A function of its own, which can be given another seed."""

    def tried(example: Any) -> None:
        test(example)

    return tried


def _round(strategy: SearchStrategy[Any], test: Callable[[Any], None], examples: int) -> None:
    checks = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
    settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=checks,
    )(given(strategy)(test))()
