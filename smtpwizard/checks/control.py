"""Whether a connection that is not mail comes about, where that decides something.

Where no mail port answers, it tells a network that closes mail ports from one that is down; where the dates of a
certificate fail, the time that a web server says tells whose clock is wrong. It goes to another party than the mail
server, so it is made only where that is allowed, and named before the first packet.
"""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

from smtpwizard.checks.address import overridden
from smtpwizard.checks.peer_clock import compared
from smtpwizard.checks.products import Connected, Destination, OtherClock, Presented
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.connect import ConnectOutcome, Control, Ports, ThirdParty
from smtpwizard.model.provider import Provider
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import literal_address

PORT: Final = 443
ADDRESSES: Final = 2
"""Addresses that are tried, one after the other."""


async def _run(context: Context, record: Record) -> Verdict:
    purpose = _purpose(context)
    if purpose is None:
        return Verdict(Status.SKIP)
    host = web_host(context.provider) or context.account.host
    record(ThirdParty(host, PORT, purpose))
    outcome: ConnectOutcome | None = None
    limit = context.options.timeout / (2 * ADDRESSES)
    for found in await _addresses(context, host):
        outcome, date = await context.ports.network.web_date(host, found.address, found.port, limit)
        if outcome == "open":
            record(Control(host, found.address, PORT, purpose, "answers"))
            clock = compared(context, "http", date)
            if clock is not None:
                record(clock)
            return Verdict(Status.PASS, (OtherClock(clock),) if clock is not None else ())
    record(Control(host, None, PORT, purpose, "dead", outcome))
    return Verdict(Status.WARN)


def _purpose(context: Context) -> Literal["ports", "clock"] | None:
    """What the connection would decide; None where everything is decided."""
    ports = context.maybe(Ports)
    if ports is not None and ports.outcome in {"all-dropped", "mixed"} and context.maybe(Connected) is None:
        return "ports"
    presented = context.maybe(Presented)
    dates_fail = presented is not None and presented.certificate.verdict in {"expired", "not-yet-valid"}
    return "clock" if dates_fail and context.maybe(OtherClock) is None else None


def web_host(provider: Provider | None) -> str | None:
    """The provider's own host of the web: that of its programming interface, else that of its help pages."""
    if provider is None:
        return None
    pages = (provider.api.url if provider.api is not None else "", provider.docs or "")
    hosts = (urlsplit(page).hostname for page in pages if page.startswith("https://"))
    return next((host for host in hosts if host and "{" not in host), None)


async def _addresses(context: Context, host: str) -> list[Destination]:
    given = overridden(context, PORT, host)
    if given is not None:
        return list(given.found[:ADDRESSES])
    literal = literal_address(host)
    if literal is not None:
        return [Destination(literal, PORT)]
    found = await context.ports.resolver.system(host, context.options.timeout / 2)
    return [Destination(address, PORT) for address in found.addresses[:ADDRESSES]]


CHECK = Check(
    id="connect.control",
    title="a connection that is not mail comes about",
    stage=Stage.CONNECT,
    run=_run,
    after=("connect.open", "connect.ports", "greeting.banner", "tls.implicit", "tls.upgrade"),
    applies=lambda account, options: options.allow_third_parties and not options.offline,
)
