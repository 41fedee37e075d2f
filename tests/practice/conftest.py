from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import msgspec
import pytest

from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import Scenario
from smtpwizard.practice.server import Served, run_in_thread

BASE = {"title": "A scenario of a test", "stage": "data", "expect": {"verdict": "pass"}}


def scenario(**keys: object) -> Scenario:
    """A scenario with these keys, decoded as from a file."""
    return msgspec.convert({**BASE, **keys}, Scenario)


@pytest.fixture(scope="session")
def authority() -> Iterator[Authority]:
    with Authority() as made:
        yield made


@pytest.fixture
def play(authority: Authority) -> Iterator[Callable[..., Served]]:
    """Plays scenarios until the test ends."""
    with ExitStack() as stack:

        def start(**keys: object) -> Served:
            (served,) = stack.enter_context(run_in_thread(scenario(**keys), ca=authority))
            return served

        yield start
