"""What the mail ports of every address do: the matrix that tells a dead server from a blocked port."""

from __future__ import annotations

import asyncio
from typing import Final

from smtpwizard.checks.address import overridden
from smtpwizard.checks.products import Attempts, Connected, Destination, Destinations
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.connect import ConnectOutcome, HostingHint, PortAnswer, Ports
from smtpwizard.model.smtp import RELAY_PORT, SUBMISSION_PORT, Security
from smtpwizard.model.stage import Stage, Status

MAIL_PORTS: Final = (RELAY_PORT, 465, SUBMISSION_PORT, 2525)
ADDRESSES: Final = 4
"""Addresses that are tried, each on every port."""


async def _run(context: Context, record: Record) -> Verdict:
    account = context.account
    addresses = [destination.address for destination in context.given(Destinations).found[:ADDRESSES]]
    known = _known_ports(context)
    ports = sorted({*MAIL_PORTS, *known} - {account.port})
    cells = [(port, cell) for port in ports for cell in _cells(context, addresses, port)]

    async def identify(port: int, destination: Destination) -> PortAnswer:
        answer = await context.ports.network.identify(
            account.host,
            destination.address,
            destination.port,
            context.options.timeout,
            tls_first=Security.TLS in {Security.of_port(port), known.get(port)},
        )
        record(answer)
        return answer

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(identify(*cell)) for cell in cells]
    await context.ended("connect.open")
    own_is_open = context.maybe(Connected) is not None
    attempts = context.maybe(Attempts)
    own = {attempt.outcome for attempt in attempts.made} if attempts is not None else set()
    verdict = _together([task.result() for task in tasks], own, own_is_open=own_is_open)
    record(verdict)
    if own == {"timeout"}:
        await _hint(context, record)
    return Verdict(Status.PASS if own_is_open else Status.WARN, (verdict,))


async def _hint(context: Context, record: Record) -> None:
    """Add that the hosting company is known to close the port, where it is."""
    hosting = await asyncio.to_thread(context.ports.machine.hosting)
    port = context.account.port
    if hosting is not None and port in hosting.closed:
        record(HostingHint(hosting.name, port, hosting.closed, hosting.on_request))


def _known_ports(context: Context) -> dict[int, Security]:
    """The provider's own ports, of whichever of its hosts they are known: one region has those of another."""
    provider, host = context.provider, context.account.host.rstrip(".").casefold()
    if provider is None or all(endpoint.host != host for endpoint in provider.endpoint):
        return {}
    return {endpoint.port: endpoint.security for endpoint in provider.endpoint}


def _cells(context: Context, addresses: list[str], port: int) -> list[Destination]:
    given = overridden(context, port)
    if given is not None:
        return list(given.found)
    return [Destination(address, port) for address in addresses]


def _together(answers: list[PortAnswer], own: set[ConnectOutcome], *, own_is_open: bool) -> Ports:
    answering = tuple(sorted({a.port for a in answers if a.speaks in {"smtp", "tls"} and a.port != RELAY_PORT}))
    if own_is_open:
        return Ports("usable", answering)
    if answering:
        return Ports("another-open", answering)
    outcomes = {answer.outcome for answer in answers} | own
    if outcomes <= {"timeout"}:
        return Ports("all-dropped", ())
    if outcomes <= {"refused"}:
        return Ports("all-refused", ())
    return Ports("mixed", ())


CHECK = Check(
    id="connect.ports",
    title="other mail ports of the host are known",
    stage=Stage.CONNECT,
    run=_run,
    needs=("dns.address",),
)
