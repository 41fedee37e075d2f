"""Where the scenarios of a demonstration are played."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Final

from smtpwizard.model.account import Account
from smtpwizard.model.check import Options, Override
from smtpwizard.model.smtp import Security
from smtpwizard.practice.scenario import Scenario
from smtpwizard.practice.server import Served
from smtpwizard.wizard.surroundings import PracticeSetup

PATIENCE: Final = 5.0
"""Seconds for each stage: on this machine nothing takes long that will ever come."""


class Theatre:
    """Plays one scenario at a time."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()

    async def play(self, setup: PracticeSetup, scenario: Scenario) -> Served:
        """Play a scenario instead of the one before.

        Raises:
            CannotRunError: there is no port to be had.
        """
        await self.close()
        return await self._stack.enter_async_context(setup.serve(scenario))

    async def close(self) -> None:
        """End the play."""
        await self._stack.aclose()
        self._stack = AsyncExitStack()


def account_for(served: Served) -> Account:
    """What the person is told: the usual port, as a real server would have it, where no name server plays along."""
    scenario = served.scenario
    port = served.port if served.nameserver is not None else served.security.usual_port
    return Account(
        host=served.name,
        port=port,
        security=served.security,
        provider=scenario.provider,
        username=served.username or None,
        mechanism=scenario.mechanism,
        sender=scenario.sender or None,
        recipient=scenario.recipient or None,
    )


def options_for(served: Served) -> Options:
    """How the usual ports lead to the server, and why its certificate is trusted."""
    ports = {security.usual_port for security in (served.security, served.scenario.listening)}
    overrides = tuple(Override(served.name, port, served.host, served.port) for port in sorted(ports))
    return Options(
        timeout=PATIENCE,
        ca_file=str(served.ca_file),
        nameserver=served.nameserver,
        overrides=overrides if served.nameserver is None else (),
        allow_cleartext_auth=served.security is Security.NONE,
    )
