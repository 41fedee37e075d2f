from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from smtpwizard.model.evidence.connect import Connection, ConnectOutcome, PortAnswer, Ports, PortSpeaks
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.report_document import CheckDocument
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output import port_grid
from smtpwizard.output.port_grid import cells, grid, in_words, ports_text

V4, V6 = "192.0.2.1", "2001:db8::1"
Does = ConnectOutcome | PortSpeaks
CONNECTS = ("open", "refused", "timeout", "unreachable", "reset", "denied", "failed")


def family(address: str) -> Literal["IPv4", "IPv6"]:
    return "IPv6" if ":" in address else "IPv4"


def own(address: str, outcome: ConnectOutcome) -> Connection:
    return Connection("mail.test", address, 587, family(address), outcome, None, 1.0)


def other(address: str, port: int, outcome: ConnectOutcome, speaks: PortSpeaks | None = None) -> PortAnswer:
    return PortAnswer(address, port, family(address), outcome, speaks, 1.0)


def seen(opened: list[AnyEvidence], matrix: list[AnyEvidence], status: Status = Status.WARN) -> list[CheckDocument]:
    return [
        CheckDocument("connect.open", Stage.CONNECT, Status.FAIL, "", "", 0.0, 1.0, tuple(opened)),
        CheckDocument("connect.ports", Stage.CONNECT, status, "", "", 0.0, 1.0, tuple(matrix)),
    ]


DROPPED = seen(
    [own(V4, "timeout"), own(V6, "timeout")],
    [
        other(V4, 25, "timeout"),
        other(V6, 25, "timeout"),
        other(V4, 2525, "open", "smtp"),
        other(V6, 2525, "refused"),
        Ports("another-open", (2525,)),
    ],
)


def test_a_row_is_an_address_and_a_column_a_port() -> None:
    assert grid(cells(DROPPED)) == [
        "               25           587          2525",
        "  192.0.2.1    ✗ no answer  ✗ no answer  ✓ greets",
        "  2001:db8::1  ✗ no answer  ✗ no answer  ✗ refused",
    ]


def test_on_a_narrow_screen_each_cell_has_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port_grid, "width", lambda: 40)
    assert grid(cells(DROPPED))[0] == "  192.0.2.1 port 587: ✗ no answer"
    assert len(grid(cells(DROPPED))) == 6


def test_a_hostile_address_is_shown_and_never_obeyed() -> None:
    lines = grid(cells(seen([own("\x1b[31m", "timeout")], [])))
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    ("checks", "sentence"),
    [
        (DROPPED, "587 is dropped on IPv4 and IPv6, 2525 answers: your network blocks mail submission."),
        (
            seen([own(V4, "refused")], [other(V4, 465, "open", "tls"), Ports("another-open", (465,))]),
            "587 is refused on IPv4, 465 answers: the server takes mail on another port.",
        ),
        (
            seen([own(V4, "timeout"), own(V6, "unreachable")], [Ports("mixed", ())]),
            "587 is dropped on IPv4 and unreachable on IPv6: no other mail port of the host can be used.",
        ),
        (
            seen([own(V4, "timeout")], [Ports("all-dropped", ())]),
            "587 is dropped on IPv4: the host is dead, or your network lets no mail out.",
        ),
        (
            seen([own(V4, "timeout")], [Ports("another-open", (465, 2525))]),
            "587 is dropped on IPv4, 465 and 2525 answer: your network blocks mail submission.",
        ),
        (seen([own(V4, "open")], [Ports("usable", (465,))]), None),
        (seen([own(V4, "timeout")], []), None),
    ],
)
def test_what_the_grid_comes_to(checks: list[CheckDocument], sentence: str | None) -> None:
    assert in_words(checks, cells(checks), 587) == sentence


def test_ports_that_are_all_well_need_no_grid() -> None:
    fine = seen([own(V4, "open")], [other(V4, 465, "open", "tls"), Ports("usable", (465,))], Status.PASS)
    assert ports_text(fine, 587) == []
    assert ports_text([], 587) == []
    assert len(ports_text(DROPPED, 587)) == 4


def test_the_own_port_is_not_shown_twice() -> None:
    twice = seen([own(V4, "timeout"), own(V4, "open")], [])
    assert [cell.does for cell in cells(twice)] == ["timeout"]


def test_another_protocol_is_named_in_its_cell() -> None:
    found = msgspec.structs.replace(other(V4, 2525, "open", "other"), protocol="ssh")
    assert "! SSH" in grid(cells(seen([own(V4, "timeout")], [found])))[1]
