"""How long a run takes on a slow path, against the least possible and swaks; and with ports that drop everything.

Run it as root with `python -m tests.bench.session`: it starts Postfix, a delaying proxy and network namespaces of its
own. Figures are printed, never asserted: machines differ.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from smtpwizard.model.report_document import ReportDocument
from tests.integration.parts import delay_proxy, namespaces, postfix
from tests.integration.parts.mail_server import Listener, MailServer
from tests.integration.parts.mailboxes import ALICE, BOB

ROUND_TRIP = 0.1
LEAST = 8
"""Round trips of the least session: greeting, EHLO, STARTTLS, TLS 1.3, EHLO, AUTH, envelope with DATA, message."""
TIMEOUT = 3.0


def main() -> None:
    """Print every figure."""
    with postfix.running() as server:
        slow_path(server)
    if namespaces.available() is None:
        dropped_ports()


def slow_path(server: MailServer) -> None:
    """The whole run over 100 ms round trips, and swaks doing the same session."""
    with delay_proxy.running("127.0.0.1", server.ports["starttls"], round_trip=ROUND_TRIP) as port:
        report = check("localhost", port, server, "--send")
        least = LEAST * ROUND_TRIP * 1000
        print(f"{ROUND_TRIP * 1000:.0f} ms round trips: verdict {report.verdict}, {report.duration_ms:.0f} ms,")
        print(f"  {report.duration_ms / least:.2f} × the least possible {least:.0f} ms (at most 1.1)")
        if shutil.which("swaks") is None:
            print("  swaks is not here")
            return
        command = ["swaks", "--server", f"127.0.0.1:{port}", "--tls", "--auth", "PLAIN", "--auth-user", ALICE.address]
        command += ["--auth-password", ALICE.password, "--from", ALICE.address, "--to", BOB.address, "--pipeline"]
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False)
        took = (time.perf_counter() - began) * 1000
        print(f"  swaks (status {done.returncode}): {took:.0f} ms, {took / least:.2f} ×")


def dropped_ports() -> None:
    """The whole run with every other mail port dropping, against one connect timeout."""
    with namespaces.joined() as network:
        network.decide("drop", 25, 465, 2525)
        listeners = (Listener("submission", "starttls", port=587),)
        addresses = namespaces.SERVER_ADDRESSES
        with postfix.running(listeners, addresses=addresses, within=network.at_server()) as server:
            report = check(addresses[0], 587, server, within=network.at_client(), host="mail.example.test")
    print(f"other ports black-holed: verdict {report.verdict}, {report.duration_ms:.0f} ms,")
    print(f"  {report.duration_ms / TIMEOUT / 1000:.2f} × one connect timeout of {TIMEOUT:.0f} s (at most 1.1)")


def check(
    address: str, port: int, server: MailServer, *more: str, within: list[str] | None = None, host: str = "localhost"
) -> ReportDocument:
    """Run `smtpwizard check` on the server and read its report."""
    command = [*(within or []), sys.executable, "-m", "smtpwizard", "check", "--json", "--host", host]
    command += ["--port", str(port), "--security", "starttls", "--username", ALICE.address, "--password-stdin"]
    command += ["--to", BOB.address, "--ca-file", str(server.certificates.authority_file), "--timeout", str(TIMEOUT)]
    command += ["--resolve", f"{host}:{port}:{'127.0.0.1' if address == 'localhost' else address}", *more]
    done = subprocess.run(
        command, input=ALICE.password.encode(), stdout=subprocess.PIPE, check=False, cwd=Path(__file__).parents[2]
    )
    return msgspec.json.decode(done.stdout, type=ReportDocument)


if __name__ == "__main__":
    main()
