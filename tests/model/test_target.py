from __future__ import annotations

import datetime
from typing import Any

import msgspec
import pytest

from smtpwizard.model.smtp import Security
from smtpwizard.model.target import RefusedCombination, Target, Variable

SOURCE = {"url": "https://example.test/", "checked": datetime.date(2026, 11, 21)}
HOST = {"name": "H", "holds": "host"}
WORD = {"name": "S", "holds": "security", "values": {"tls": "ssl", "starttls": "tls"}}


def target(*variables: dict[str, Any], **more: Any) -> Target:
    raw = {"name": "T", "kind": "framework", "reader": "strict", "security": {}, "source": [SOURCE], **more}
    return msgspec.convert({**raw, "variable": list(variables)}, Target)


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ([HOST, HOST], "stands twice"),
        ([WORD | {"omit": ["none"]}], "host or a url"),
        ([HOST, WORD], "does not say what to write for none"),
        ([HOST, WORD | {"omit": ["none", "tls"]}], "has a value and is left out"),
        ([HOST, {"name": "D", "holds": "driver"}], "needs a value"),
        ([HOST, {"name": "U", "holds": "url"}], "needs values"),
        ([HOST | {"holdz": "x"}], "unknown field `holdz`"),
        ([{"name": "H", "holds": "hostname"}], "Invalid enum value"),
    ],
)
def test_a_target_that_would_leave_something_open_is_refused(variables: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=problem):
        target(*variables)


def test_a_security_refused_on_every_port_needs_no_words() -> None:
    refuse = {"security": ["none"], "reason": "No.", "instead": "Use TLS."}
    assert target(HOST, WORD, security={"refuse": [refuse]}).holding("security")[0].template(Security.NONE) is None


def test_a_line_can_be_left_out_or_written_empty() -> None:
    variable = Variable("S", "security", values={Security.TLS: "", Security.STARTTLS: "x"}, omit=(Security.NONE,))
    assert [variable.template(s) for s in Security] == ["", "x", None]


def test_a_port_that_decides_has_to_be_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="implicit_ports"):
        target(HOST, security={"decided_by": "port"})


@pytest.mark.parametrize(
    ("ports", "except_ports", "port", "applies"),
    [((), (), 25, True), ((465,), (), 465, True), ((465,), (), 25, False), ((), (465,), 465, False)],
)
def test_a_refusal_can_be_bound_to_ports(
    ports: tuple[int, ...], except_ports: tuple[int, ...], port: int, applies: bool
) -> None:
    refused = RefusedCombination((Security.TLS,), "Why.", "What.", ports, except_ports)
    assert refused.applies(Security.TLS, port) is applies
    assert not refused.applies(Security.NONE, port)
