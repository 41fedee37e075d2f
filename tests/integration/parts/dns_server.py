"""A real authoritative name server (Knot DNS) on a loopback port."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from tests.integration.parts import processes
from tests.integration.parts.ports import free_port
from tests.integration.parts.waiting import wait_for


def available() -> str | None:
    """None, or what is missing."""
    return processes.missing("knot", "knotd")


@contextlib.contextmanager
def serving(
    zones: Mapping[str, str], *, address: str = "127.0.0.1", port: int | None = None, within: Sequence[str] = ()
) -> Iterator[str]:
    """Serve each zone (name to master file text, RFC 1035) and yield `ADDRESS:PORT`.

    Names outside the zones are answered REFUSED. A zone text without SOA gets one, with NS, so that
    tests write only the records they are about. `within` is a command prefix, such as the one that
    enters a network namespace.
    """
    port = port or free_port()
    with processes.server_folder("knot") as folder:
        for name, text in zones.items():
            (folder / f"{name}.zone").write_text(_zone_file(name, text))
        (folder / "knot.conf").write_text(_configuration(folder, zones, address, port))
        log = folder / "knotd.log"
        argv: list[str | Path] = [*within, processes.find("knotd") or "knotd", "-c", folder / "knot.conf"]
        with processes.background(argv, log=log):
            wait_for(lambda: b"server started" in log.read_bytes(), "Knot DNS")
            if not within:
                wait_for(lambda: all(_answers(name, address, port) for name in zones), "the zones")
            yield f"{address}:{port}"


def _zone_file(name: str, text: str) -> str:
    start = f"$ORIGIN {name}.\n$TTL 60\n"
    if " SOA " not in text:
        start += "@ SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 60\n@ NS ns.invalid.\n"
    return start + text + "\n"


def _configuration(folder: Path, zones: Mapping[str, str], address: str, port: int) -> str:
    # The zones are fixed, so nothing is journalled and the databases may be small.
    listed = "".join(f"  - domain: {name}\n    file: {name}.zone\n" for name in zones)
    return f"""\
server:
    rundir: {folder}
    listen: {address}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: {folder}
    journal-db-max-size: 1M
    kasp-db-max-size: 5M
    timer-db-max-size: 1M
    catalog-db-max-size: 5M
template:
  - id: default
    storage: {folder}
    zonefile-load: whole
    journal-content: none
zone:
{listed}"""


def _answers(name: str, address: str, port: int) -> bool:
    query = dns.message.make_query(name, dns.rdatatype.SOA)
    try:
        return bool(dns.query.udp(query, address, port=port, timeout=0.5).answer)
    except (dns.exception.Timeout, OSError):
        return False
