"""Builds the real adapters and plugs them in."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.net.browser import open_page

if TYPE_CHECKING:
    from smtpwizard.model.check import Check, Options
    from smtpwizard.model.ports import Ports
    from smtpwizard.wizard.surroundings import Surroundings


def real_ports(knowledge: Knowledge, options: Options) -> Ports:
    """The outside world as this machine has it.

    Raises:
        UsageError: the name server or the CA file of the options cannot be used.
    """
    from smtpwizard.model.ports import Ports
    from smtpwizard.net.clock import SystemClock
    from smtpwizard.net.dns import DnsResolver, parse_nameserver
    from smtpwizard.net.machine import LocalMachine
    from smtpwizard.net.network import SocketNetwork
    from smtpwizard.net.vault import KeyringVault

    if options.ca_file is not None:
        from smtpwizard.net.verifier import check_ca_file

        check_ca_file(options.ca_file)
    nameserver = parse_nameserver(options.nameserver) if options.nameserver is not None else None
    return Ports(
        DnsResolver(nameserver),
        SocketNetwork(knowledge.interceptors, knowledge.software, options.ca_file),
        KeyringVault(),
        SystemClock(),
        LocalMachine(knowledge.hosting),
    )


def real_surroundings() -> Surroundings:
    """What the wizard works with."""
    from smtpwizard.wizard.surroundings import Surroundings

    knowledge = load_knowledge()
    return Surroundings(
        knowledge=knowledge,
        ports=partial(real_ports, knowledge),
        checks=_checks,
        folder=Path.cwd(),
        open_page=open_page,
    )


def practice_surroundings(scenario: str | None, folder: Path) -> Surroundings:
    """What the wizard works with in the demo: practice servers, and no keyring.

    Raises:
        UsageError: there is no such scenario.
    """
    from smtpwizard.practice.scenario import load_scenarios, named
    from smtpwizard.practice.server import serve
    from smtpwizard.wizard.surroundings import PracticeSetup, Surroundings

    scenarios = load_scenarios()
    if scenario is not None:
        named(scenarios, scenario)
    knowledge = load_knowledge()
    return Surroundings(
        knowledge=knowledge,
        ports=partial(real_ports, knowledge),
        checks=_checks,
        folder=folder,
        open_page=open_page,
        practice=PracticeSetup(tuple(scenarios.values()), serve, scenario),
        keep=False,
    )


def _checks() -> tuple[Check, ...]:
    from smtpwizard.checks.catalog import all_checks

    return all_checks()
