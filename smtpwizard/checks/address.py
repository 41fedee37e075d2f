"""Which addresses the host has: what the DNS says, A and AAAA, beside what the operating system says."""

from __future__ import annotations

import asyncio
import ipaddress

from smtpwizard.checks.lint import is_local
from smtpwizard.checks.products import Destination, Destinations
from smtpwizard.checks.typo import nearest
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.names import AddressGiven, NamesDiffer
from smtpwizard.model.evidence.settings import SettingFlaw
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import in_ascii, literal_address

LIMIT = 8
"""Addresses that are tried."""
LINGER = 0.3
"""Seconds that the DNS has left once the system has answered."""


async def _run(context: Context, record: Record) -> Verdict:
    account = context.account
    given = overridden(context, account.port)
    if given is not None:
        for destination in given.found:
            record(AddressGiven(account.host, account.port, destination.address, destination.port, literal=False))
        return Verdict(Status.PASS, (given,))
    literal = literal_address(account.host)
    if literal is not None:
        record(AddressGiven(account.host, account.port, literal, account.port, literal=True))
        return Verdict(Status.PASS, (Destinations((Destination(literal, account.port),)),))
    if is_local(account.host) and context.options.nameserver is None:
        # RFC 6761, section 6.3: the name never goes to the DNS.
        system = await context.ports.resolver.system(account.host, context.options.timeout)
        record(system)
        return _found(context, system.addresses, Status.PASS)
    return await _resolve(context, record)


async def _resolve(context: Context, record: Record) -> Verdict:
    """Ask the system and the DNS at once. The system's answer counts, unless a name server was given for this run."""
    resolver, limit, host = context.ports.resolver, context.options.timeout, context.account.host
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(resolver.resolve(host, kind, limit)) for kind in ("AAAA", "A")]
        addresses: tuple[str, ...] = ()
        if context.options.nameserver is None:
            system = await resolver.system(host, limit)
            record(system)
            addresses = system.addresses
        # Programs on this machine get what the system says: hosts file, split DNS and VPN included. The DNS then
        # only adds to the picture, and must not hold the run up.
        await asyncio.wait(asked, timeout=LINGER if addresses else None)
        answers = [task.result() for task in asked if task.done()]
        for task in asked:
            task.cancel()
    for answer in answers:
        record(answer)
    if addresses:
        differ = _differ(host, addresses, tuple(address for answer in answers for address in answer.addresses))
        if differ is not None:
            record(differ)
        elsewhere = differ is not None and differ.outcome == "other-network"
        return _found(context, addresses, Status.WARN if elsewhere else Status.PASS)
    outcomes = {answer.outcome for answer in answers}
    half = outcomes - {"answer", "no-data"}
    if outcomes & {"nxdomain", "no-data"} and not any(answer.addresses for answer in answers):
        near = nearest(host, context.known_hosts)
        if near is not None and not near.sure:
            record(SettingFlaw("host", "typo", host, near.host))
    from_dns = tuple(address for answer in answers for address in answer.addresses)
    return _found(context, from_dns, Status.WARN if half else Status.PASS)


def _differ(host: str, system: tuple[str, ...], dns: tuple[str, ...]) -> NamesDiffer | None:
    """What of it when the two have no address in common.

    A busy name has many addresses and gives each who asks others: only addresses of another kind of network mean that
    someone has put another host in its place.
    """
    if not dns or set(system) & set(dns):
        return None
    other = not {_kind(address) for address in system} & {_kind(address) for address in dns}
    return NamesDiffer(host, system[:LIMIT], dns[:LIMIT], "other-network" if other else "other-addresses")


def _kind(address: str) -> str:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if parsed.is_unspecified or parsed.is_loopback:
        return "this machine"
    return "private" if parsed.is_private or parsed.is_link_local else "public"


def _found(context: Context, addresses: tuple[str, ...], status: Status) -> Verdict:
    if not addresses:
        return Verdict(Status.FAIL)
    found = Destinations(tuple(Destination(address, context.account.port) for address in addresses[:LIMIT]))
    return Verdict(status, (found,))


def overridden(context: Context, port: int, host: str | None = None) -> Destinations | None:
    """Where `--resolve` sends a port of a host, the account's unless another is named; None where it does not."""
    wanted = _comparable(host or context.account.host)
    same = [override for override in context.options.overrides if _comparable(override.host) == wanted]
    exact = [Destination(override.address, override.to_port) for override in same if override.port == port]
    if exact:
        return Destinations(tuple(exact))
    others = dict.fromkeys(override.address for override in same)
    return Destinations(tuple(Destination(address, port) for address in others)) if others else None


def _comparable(host: str) -> str:
    """The host name in the form in which two spellings of it are equal."""
    return in_ascii(host) or host.rstrip(".").casefold()


CHECK = Check(id="dns.address", title="host name has addresses", stage=Stage.DNS, run=_run, needs=("settings.lint",))
