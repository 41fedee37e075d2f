"""The port matrix as a grid, and what it comes to in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, PortAnswer, Ports, PortSpeaks
from smtpwizard.model.report_document import CheckDocument
from smtpwizard.model.text import printable
from smtpwizard.output.style import width, wrapped

_GAP: Final = "  "
_CELLS: Final[dict[ConnectOutcome | PortSpeaks, str]] = {
    "smtp": "✓ greets",
    "tls": "✓ TLS",
    "silent": "! silent",
    "closes": "! hangs up",
    "other": "! not mail",
    "open": "✓ open",
    "refused": "✗ refused",
    "timeout": "✗ no answer",
    "unreachable": "✗ no route",
    "reset": "✗ reset",
    "denied": "✗ forbidden",
    "failed": "✗ failed",
}
_DOES: Final[dict[ConnectOutcome | PortSpeaks, str]] = {
    "timeout": "dropped",
    "refused": "refused",
    "unreachable": "unreachable",
    "reset": "reset",
    "denied": "forbidden by this machine",
}


class Cell(msgspec.Struct, frozen=True):
    """What one port of one address does."""

    address: str
    family: Literal["IPv4", "IPv6"]
    port: int
    does: ConnectOutcome | PortSpeaks
    protocol: str | None = None

    @property
    def shown(self) -> str:
        """What stands in the grid."""
        return f"! {self.protocol.upper()}" if self.protocol else _CELLS[self.does]


def cells(checks: Iterable[CheckDocument]) -> tuple[Cell, ...]:
    """Everything that was seen of ports, the account's own among them."""
    found: dict[tuple[str, int], Cell] = {}
    for check in checks:
        for item in check.evidence:
            if isinstance(item, PortAnswer) and check.id == "connect.ports":
                does, protocol = item.speaks or item.outcome, item.protocol
            elif isinstance(item, Connection):
                does, protocol = item.outcome, None
            else:
                continue
            found.setdefault((item.address, item.port), Cell(item.address, item.family, item.port, does, protocol))
    return tuple(found.values())


def grid(found: Sequence[Cell]) -> list[str]:
    """Lines of the grid: a row for each address, a column for each port; one line a cell where that is too wide."""
    does = {(cell.address, cell.port): cell.shown for cell in found}
    addresses = list(dict.fromkeys(cell.address for cell in found))
    ports = sorted({cell.port for cell in found})
    rows = [["", *map(str, ports)]]
    rows += [[printable(address), *(does.get((address, port), "") for port in ports)] for address in addresses]
    widths = [max(len(row[column]) for row in rows) for column in range(len(ports) + 1)]
    lines = [
        "  " + _GAP.join(text.ljust(size) for text, size in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    if max(map(len, lines)) <= width():
        return lines
    return [f"  {printable(cell.address)} port {cell.port}: {cell.shown}" for cell in found]


def in_words(checks: Iterable[CheckDocument], found: Sequence[Cell], own: int) -> str | None:
    """What the grid comes to; None where the account's own port works or no others were tried."""
    together = next((item for check in checks for item in check.evidence if isinstance(item, Ports)), None)
    if together is None or together.outcome == "usable":
        return None
    answering = " and ".join(map(str, together.answering))
    parts = [_of_port(own, [cell for cell in found if cell.port == own])]
    if together.answering:
        parts.append(f"{answering} answer{'s' if len(together.answering) == 1 else ''}")
    dropped = all(cell.does in {"timeout", "denied"} for cell in found if cell.port == own)
    end = {
        "another-open": "your network blocks mail submission" if dropped else "the server takes mail on another port",
        "all-dropped": "the host is dead, or your network lets no mail out",
        "all-refused": "the host is alive, and no mail server listens on it",
        "mixed": "no other mail port of the host can be used",
    }[together.outcome]
    return f"{', '.join(filter(None, parts))}: {end}."


def _of_port(port: int, found: Sequence[Cell]) -> str:
    families: defaultdict[str, list[str]] = defaultdict(list)
    for cell in found:
        word = _DOES.get(cell.does)
        if word is not None and cell.family not in families[word]:
            families[word].append(cell.family)
    said = [f"{word} on {' and '.join(sorted(names))}" for word, names in families.items() if names]
    return f"{port} is {' and '.join(said)}" if said else ""


def ports_text(checks: Sequence[CheckDocument], own: int) -> list[str]:
    """Sentence and grid, where the ports have something to say."""
    if not any(check.id in {"connect.ports", "connect.every"} and check.status in {"warn", "fail"} for check in checks):
        return []
    found = cells(checks)
    if not found:
        return []
    sentence = in_words(checks, found, own)
    return [*([wrapped(sentence)] if sentence is not None else []), *grid(found)]
