"""What the wizard is given from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from smtpwizard.knowledge.load import Knowledge
    from smtpwizard.model.check import Check, Options
    from smtpwizard.model.ports import Ports
    from smtpwizard.practice.scenario import Scenario
    from smtpwizard.practice.server import Served


@dataclass(frozen=True, slots=True)
class PracticeSetup:
    """What makes the wizard a demonstration: servers on this machine instead of the world."""

    scenarios: tuple[Scenario, ...]
    """To choose from, in this order."""
    serve: Callable[[Scenario], AbstractAsyncContextManager[Served]]
    """Plays a scenario until the block is left."""
    first: str | None = None
    """Id of the scenario to begin with."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything outside the wizard that it uses. Nothing is built before it is needed."""

    knowledge: Knowledge
    ports: Callable[[Options], Ports]
    """Builds the adapters for the options of a run."""
    checks: Callable[[], tuple[Check, ...]]
    folder: Path
    """Where exports go unless the person says otherwise."""
    open_page: Callable[[str], bool]
    """Opens a web page in the person's browser; False where there is none."""
    practice: PracticeSetup | None = None
    """None is the real thing."""
    keep: bool = True
    """Whether secrets may be put into the keyring."""
