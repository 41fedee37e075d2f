from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from smtpwizard.practice.server import Served, run_in_thread
from tests.practice.conftest import scenario

Play = Callable[..., Served]
KERNEL = 64 * 1024 * 1024
"""Octets. More than the system's own buffers of a connection take."""


def _flood(client: socket.socket) -> int:
    """How much a server lets itself be sent before it makes the client wait."""
    client.settimeout(0.3)
    sent = 0
    with suppress(TimeoutError):
        while sent < KERNEL:
            sent += client.send(b"NOOP\r\n" * 10_000)
    return sent


def test_a_client_that_talks_without_listening_is_made_to_wait(play: Play) -> None:
    served = play(security="none", on=[{"step": "greeting", "delay": 60}])

    with socket.create_connection((served.host, served.port), timeout=5) as client:
        assert _flood(client) < KERNEL


def test_so_is_one_that_talks_over_tls(play: Play) -> None:
    served = play(security="tls", on=[{"step": "greeting", "delay": 60}])
    context = ssl.create_default_context(cafile=served.ca_file)

    with (
        socket.create_connection((served.host, served.port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=served.name) as client,
    ):
        assert _flood(client) < KERNEL


def test_a_client_that_closes_its_own_side_still_hears_the_answers(play: Play) -> None:
    served = play(security="none")

    with socket.create_connection((served.host, served.port), timeout=5) as client, client.makefile("rb") as file:
        client.sendall(b"NOOP\r\nNOOP\r\n")
        client.shutdown(socket.SHUT_WR)
        assert [line[:3] for line in file] == [b"220", b"250", b"250"]


def test_a_server_ends_though_a_client_neither_leaves_nor_listens() -> None:
    endless = scenario(security="none", on=[{"step": "greeting", "reply": ["220-more"], "endless": True}])

    with run_in_thread(endless) as (served,):
        client = socket.create_connection((served.host, served.port), timeout=5)
        assert client.recv(8) == b"220-more"
    with client, suppress(ConnectionResetError):
        while client.recv(65536):
            pass
