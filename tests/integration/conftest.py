"""The real parts as fixtures; one that is missing skips the test, or fails it under `.ci/run`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from tests.integration.parts import dns_server, namespaces, tmux
from tests.integration.parts import exim as exim_part
from tests.integration.parts import postfix as postfix_part
from tests.integration.parts import secret_service as secret_service_part
from tests.integration.parts import third_smtp as third_smtp_part
from tests.integration.parts.mail_server import MailServer
from tests.integration.parts.requirement import require


@pytest.fixture(scope="session")
def postfix() -> Iterator[MailServer]:
    """Postfix with Dovecot's SASL."""
    require(postfix_part.available())
    with postfix_part.running() as server:
        yield server


@pytest.fixture(scope="session")
def exim() -> Iterator[MailServer]:
    """Exim, over GnuTLS."""
    require(exim_part.available())
    with exim_part.running() as server:
        yield server


@pytest.fixture(scope="session")
def third_smtp() -> Iterator[MailServer]:
    """npm's smtp-server."""
    require(third_smtp_part.available())
    with third_smtp_part.running() as server:
        yield server


@pytest.fixture(params=["postfix", "exim", "third_smtp"])
def mail_server(request: pytest.FixtureRequest) -> MailServer:
    """Each of the three, one after the other."""
    server = request.getfixturevalue(request.param)
    assert isinstance(server, MailServer)
    return server


@pytest.fixture
def secret_service() -> Iterator[secret_service_part.SecretService]:
    """An unlocked keyring in a fresh home."""
    require(secret_service_part.available())
    with secret_service_part.running() as keyring:
        yield keyring


@pytest.fixture
def uninitialised_secret_service() -> Iterator[secret_service_part.SecretService]:
    """A keyring in whose home nobody ever logged in: using it needs a prompt that no one sees."""
    require(secret_service_part.available())
    with secret_service_part.running(unlocked=False) as keyring:
        yield keyring


@pytest.fixture
def serve_zones() -> Iterator[Callable[[Mapping[str, str]], str]]:
    """Serve zones, by name and master file text, and answer the resolver's `ADDRESS:PORT`."""
    require(dns_server.available())
    with contextlib.ExitStack() as servers:
        yield lambda zones: servers.enter_context(dns_server.serving(zones))


class OpenTerminal(Protocol):
    """Starts a command in a terminal of its own, which is closed after the test."""

    def __call__(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str] | None = None,
        width: int = 80,
        height: int = 24,
        *,
        cwd: Path | None = None,
    ) -> tmux.Terminal: ...


@pytest.fixture
def open_terminal() -> Iterator[OpenTerminal]:
    """A real terminal, by tmux."""
    require(tmux.available())
    with contextlib.ExitStack() as terminals:

        def start(
            command: Sequence[str | Path],
            env: Mapping[str, str] | None = None,
            width: int = 80,
            height: int = 24,
            *,
            cwd: Path | None = None,
        ) -> tmux.Terminal:
            return terminals.enter_context(tmux.start(command, env, width, height, cwd=cwd))

        yield start


@pytest.fixture
def network() -> Iterator[namespaces.Network]:
    """A client's and a server's network namespace with a cable between them."""
    require(namespaces.available())
    with namespaces.joined() as network:
        yield network
