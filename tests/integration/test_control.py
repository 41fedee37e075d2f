"""The connection that is not mail, made by the public command line: who is contacted, and when."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from smtpwizard.cli.main import status
from smtpwizard.model.evidence.connect import Control, ThirdParty
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import Served, run_in_thread


@contextmanager
def counting() -> Iterator[tuple[int, list[object]]]:
    """A port that takes connections and counts them."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            while True:
                try:
                    connection, peer = listening.accept()
                except OSError:
                    return
                came.append(peer)
                connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield listening.getsockname()[1], came
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(scope="module")
def dropping() -> Iterator[Served]:
    with run_in_thread(load_scenarios()["port-dropped"]) as (served,):
        yield served


def check(served: Served, web_port: int, *more: str) -> int:
    words = ["check", "--json", "--no-input", "--host", served.name, "--port", str(served.port), "--timeout", "0.6"]
    for port in {25, 465, 587, 2525, served.port}:
        words += ["--resolve", f"{served.name}:{port}:{served.host}:{served.port}"]
    return status([*words, "--resolve", f"{served.name}:443:127.0.0.1:{web_port}", *more])


def told(capfd: pytest.CaptureFixture[str]) -> tuple[ReportDocument, str]:
    output = capfd.readouterr()
    return msgspec.json.decode(output.out, type=ReportDocument), output.err


def test_where_the_web_answers_and_no_mail_port_does_the_network_blocks_mail(
    dropping: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    with counting() as (port, came):
        assert check(dropping, port, "--allow-third-parties") == 1
    report, named = told(capfd)
    facts = [item for one in report.checks for item in one.evidence if isinstance(item, ThirdParty | Control)]
    assert [type(item) for item in facts] == [ThirdParty, Control]
    assert len(came) == 1
    assert f"{dropping.name} port 443" in named
    assert report.causes[0].id == "port-blocked"


@pytest.mark.parametrize("options", [(), ("--offline",), ("--offline", "--allow-third-parties")])
def test_nobody_else_is_contacted_unless_that_is_allowed(
    options: tuple[str, ...], dropping: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    with counting() as (port, came):
        assert check(dropping, port, *options) == 1
    report, named = told(capfd)
    assert came == []
    assert named == ""
    assert not any(one.id == "connect.control" for one in report.checks)
