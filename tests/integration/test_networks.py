from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import pytest

from smtpwizard.model.evidence.connect import Connection, Families
from smtpwizard.model.report_document import ReportDocument
from tests.integration.parts import namespaces
from tests.integration.parts import postfix as postfix_part
from tests.integration.parts.mail_server import Listener, MailServer
from tests.integration.parts.mailboxes import ALICE, BOB, HOST_NAME
from tests.integration.parts.namespaces import SERVER_ADDRESSES, Fate, Network
from tests.integration.parts.requirement import require

pytestmark = pytest.mark.real

Kind = TypeVar("Kind")

TIMEOUT = 1.5
"""Seconds. Over IPv6 the kernel takes one to believe that a host is unreachable."""
LISTENERS = (
    *(Listener(str(port), "starttls", port=port) for port in (25, 587, 2525)),
    Listener("465", "tls", port=465),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_status: int
    report: ReportDocument

    @property
    def causes(self) -> list[str]:
        return [cause.id for cause in self.report.causes]

    def evidence(self, kind: type[Kind]) -> list[Kind]:
        return [item for check in self.report.checks for item in check.evidence if isinstance(item, kind)]


@pytest.fixture(scope="module")
def joined() -> Iterator[Network]:
    require(namespaces.available())
    with namespaces.joined() as network:
        yield network


@pytest.fixture(scope="module")
def postfix_far_away(joined: Network) -> Iterator[MailServer]:
    """Postfix on the far side, on every port that mail is submitted to."""
    require(postfix_part.available())
    with postfix_part.running(LISTENERS, addresses=SERVER_ADDRESSES, within=joined.at_server()) as server:
        yield server


@pytest.fixture
def network(joined: Network) -> Iterator[Network]:
    yield joined
    joined.forget()


def check(
    network: Network, server: MailServer, *more: str, port: int = 587, addresses: tuple[str, ...] = SERVER_ADDRESSES
) -> Outcome:
    command = [sys.executable, "-m", "smtpwizard", "check", "--json", "--no-input", "--timeout", str(TIMEOUT)]
    command += ["--host", HOST_NAME, "--port", str(port), "--security", "tls" if port == 465 else "starttls"]
    for address in addresses:
        command += ["--resolve", f"{HOST_NAME}:{port}:{f'[{address}]' if ':' in address else address}"]
    command += ["--username", ALICE.address, "--password-stdin", "--to", BOB.address]
    command += ["--ca-file", str(server.certificates.authority_file), *more]
    done = subprocess.run(
        network.at_client(*command), input=ALICE.password.encode(), capture_output=True, timeout=60, check=False
    )
    assert done.stderr == b""
    return Outcome(done.returncode, msgspec.json.decode(done.stdout, type=ReportDocument))


@pytest.mark.parametrize("port", [587, 465, 2525])
def test_a_free_way_passes_over_both_families(network: Network, postfix_far_away: MailServer, port: int) -> None:
    outcome = check(network, postfix_far_away, port=port)
    assert (outcome.exit_status, outcome.report.verdict) == (0, "pass"), outcome.report.checks
    assert {item.family for item in outcome.evidence(Connection) if item.outcome == "open"} == {"IPv4", "IPv6"}


@pytest.mark.parametrize("port", [587, 465, 25])
def test_where_the_usual_ports_are_dropped_the_open_one_is_offered(
    network: Network, postfix_far_away: MailServer, port: int
) -> None:
    network.decide("drop", 25, 465, 587)
    outcome = check(network, postfix_far_away, port=port)
    assert outcome.exit_status == 1
    assert outcome.causes[0] == "port-blocked", outcome.causes
    actions = [remedy.action for remedy in outcome.report.causes[0].remedies if remedy.action is not None]
    offered = [action for action in actions if action.kind == "set-endpoint"]
    assert 2525 in {action.port for action in offered}
    assert offered[0].port == 2525
    assert outcome.report.duration_ms <= 2 * TIMEOUT * 1000


def test_the_port_that_is_offered_works(network: Network, postfix_far_away: MailServer) -> None:
    network.decide("drop", 25, 465, 587)
    outcome = check(network, postfix_far_away, port=2525)
    assert outcome.exit_status == 0, outcome.causes


def test_dead_ipv6_beside_living_ipv4_is_a_warning(network: Network, postfix_far_away: MailServer) -> None:
    network.decide("drop", families=["ipv6"])
    for addresses in (SERVER_ADDRESSES, SERVER_ADDRESSES[::-1]):
        outcome = check(network, postfix_far_away, addresses=addresses)
        assert (outcome.exit_status, outcome.report.verdict) == (0, "warn"), outcome.causes
        assert outcome.causes[0] == "ipv6-broken", outcome.causes
        (families,) = outcome.evidence(Families)
        assert families.outcome == "ipv6-dead"
        assert next(check.status for check in outcome.report.checks if check.id == "rcpt.recipient") == "pass"


def test_dead_ipv4_beside_living_ipv6_is_a_warning(network: Network, postfix_far_away: MailServer) -> None:
    network.decide("drop", families=["ipv4"])
    outcome = check(network, postfix_far_away)
    assert (outcome.exit_status, outcome.report.verdict) == (0, "warn"), outcome.causes
    (families,) = outcome.evidence(Families)
    assert families.outcome == "ipv4-dead"


@pytest.mark.parametrize(
    ("fate", "outcomes", "causes"),
    [
        ("drop", {"timeout"}, {"connection-timeout", "port-blocked"}),
        ("refuse", {"refused"}, {"connection-refused"}),
        ("unreachable", {"unreachable"}, {"network-unreachable"}),
    ],
)
def test_ways_of_not_getting_through_are_told_apart(
    network: Network, postfix_far_away: MailServer, fate: Fate, outcomes: set[str], causes: set[str]
) -> None:
    network.decide(fate)
    outcome = check(network, postfix_far_away)
    assert outcome.exit_status == 1
    assert {item.outcome for item in outcome.evidence(Connection)} == outcomes
    assert outcome.causes[0] in causes, outcome.causes


def test_a_connection_that_comes_about_and_breaks_is_told_from_one_that_does_not(
    network: Network, postfix_far_away: MailServer
) -> None:
    network.decide("reset")
    outcome = check(network, postfix_far_away)
    assert outcome.exit_status == 1
    assert outcome.causes[0] == "connection-dropped", outcome.causes
    failed = next(check for check in outcome.report.checks if check.status == "fail")
    assert failed.id in {"connect.open", "greeting.banner"}


def test_where_everything_is_dropped_the_run_takes_one_time_limit_and_does_not_advise_a_longer_one(
    network: Network, postfix_far_away: MailServer
) -> None:
    network.decide("drop")
    outcome = check(network, postfix_far_away)
    longest = max(check.duration_ms for check in outcome.report.checks)
    assert longest >= TIMEOUT * 900
    assert outcome.report.duration_ms <= 1.5 * TIMEOUT * 1000
    assert outcome.report.duration_ms <= 1.2 * longest
    for cause in outcome.report.causes:
        for remedy in cause.remedies:
            told = " ".join((remedy.text, *remedy.steps)).casefold()
            assert "timeout" not in told or "not" in told, remedy.text
