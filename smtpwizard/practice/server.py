"""Serves scenarios: on loopback, several at once, from asyncio or from a thread."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.link import Link
from smtpwizard.practice.nameserver import serve_names
from smtpwizard.practice.persona import choose_persona
from smtpwizard.practice.received import Memory, Message
from smtpwizard.practice.scenario import Scenario
from smtpwizard.practice.session import Session

if TYPE_CHECKING:
    import ssl

TURNS: Final = 3
"""Turns of the event loop in which connections that were dropped close their sockets."""
ACCEPT_PAUSE: Final = 0.1
"""Seconds after an attempt to accept a connection has failed."""
LOOPBACK: Final = "127.0.0.1"
LOOPBACK_IPV6: Final = "::1"
BACKLOG: Final = 128
SESSIONS: Final = 500
"""Sessions at once; whoever comes on top of them is turned away at once."""
ATTEMPTS: Final = 20
"""Ports that are tried until one is free on all addresses."""


@dataclass(frozen=True, slots=True)
class Served:
    """A scenario that is being played, and how to come to it."""

    scenario: Scenario
    host: str
    """IP address that it listens on."""
    port: int
    ca_file: Path
    """The authority to trust, in PEM form."""
    nameserver: str | None
    """`IP:PORT` of the name server that knows the host name, where the scenario has one."""
    _memory: Memory = field(repr=False)

    @property
    def name(self) -> str:
        """Host name for the client, and in the certificate, which is for the loopback addresses too."""
        return self.scenario.name

    @property
    def security(self) -> Security:
        """How the client is told to come; the server may listen otherwise."""
        return self.scenario.security

    @property
    def username(self) -> str:
        """User name that the client is told."""
        return self.scenario.username

    @property
    def password(self) -> Secret:
        """Password that the client is told, right or wrong."""
        return Secret(self.scenario.password)

    def received(self) -> tuple[Message, ...]:
        """The messages taken over so far, oldest first."""
        return self._memory.messages

    def commands(self) -> tuple[str, ...]:
        """Every command heard so far, of all sessions, oldest first, without credentials."""
        return self._memory.commands


@asynccontextmanager
async def serve(
    scenario: Scenario, *, host: str = LOOPBACK, port: int = 0, ca: Authority | None = None, ipv6: bool = False
) -> AsyncIterator[Served]:
    """Play a scenario until the block is left.

    Port 0 is any free one. With `ipv6` the same port of `::1` is served as well. Without `ca` the server has an
    authority of its own that goes with it.

    Raises:
        CannotRunError: the port is not to be had.
        UsageError: the host is no IP address.
    """
    async with AsyncExitStack() as stack:
        authority = stack.enter_context(Authority()) if ca is None else ca
        own = _own_address(host)
        context = authority.context(scenario.tls, scenario.name, own)
        memory = Memory()
        sockets = _bind((host, LOOPBACK_IPV6) if ipv6 else (host,), port)
        for sock in sockets:
            stack.callback(sock.close)
        bound = int(sockets[0].getsockname()[1])
        match scenario.listens:
            case "accept":
                await stack.enter_async_context(_listen(sockets, scenario, memory, context))
            case "drop":
                for sock in sockets:
                    stack.callback(_fill(sock).close)
            case "refuse":
                # A port that is bound and not listened on refuses, and nobody else gets it meanwhile.
                pass
        nameserver: str | None = None
        if scenario.dns is not None:
            names_port = await stack.enter_async_context(serve_names(scenario.name, scenario.dns))
            nameserver = f"{LOOPBACK}:{names_port}"
        yield Served(scenario, host, bound, authority.ca_file, nameserver, memory)


@asynccontextmanager
async def serve_all(
    scenarios: Iterable[Scenario], *, host: str = LOOPBACK, port: int = 0, ca: Authority | None = None
) -> AsyncIterator[tuple[Served, ...]]:
    """Play several scenarios at once, under one authority, on consecutive ports from `port` on; 0 is any free ones.

    Raises:
        CannotRunError: a port is not to be had.
        UsageError: the host is no IP address, or there are more scenarios than ports.
    """
    wanted = tuple(scenarios)
    if port and port + len(wanted) - 1 > 65535:
        raise UsageError(f"{len(wanted)} scenarios do not fit between port {port} and port 65535.")
    async with AsyncExitStack() as stack:
        authority = stack.enter_context(Authority()) if ca is None else ca
        served = [
            await stack.enter_async_context(serve(scenario, host=host, port=port + number if port else 0, ca=authority))
            for number, scenario in enumerate(wanted)
        ]
        yield tuple(served)


@contextmanager
def run_in_thread(
    *scenarios: Scenario, host: str = LOOPBACK, port: int = 0, ca: Authority | None = None
) -> Iterator[tuple[Served, ...]]:
    """Play scenarios from a thread of their own, for programs that are not written with asyncio.

    Raises:
        CannotRunError: as `serve_all`.
        UsageError: as `serve_all`.
    """
    started: Future[tuple[Served, ...]] = Future()
    stop: Future[None] = Future()

    async def play() -> None:
        async with serve_all(scenarios, host=host, port=port, ca=ca) as served:
            started.set_result(served)
            await asyncio.wrap_future(stop)

    outcome: Future[None] = Future()

    def run() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for it
            (outcome if started.done() else started).set_exception(error)
        else:
            outcome.set_result(None)

    thread = threading.Thread(target=run, name="practice", daemon=True)
    thread.start()
    try:
        yield started.result()
    finally:
        stop.set_result(None)
        thread.join()
        if outcome.done():
            outcome.result()


@asynccontextmanager
async def _listen(
    sockets: list[socket.socket], scenario: Scenario, memory: Memory, context: ssl.SSLContext
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    persona = choose_persona(scenario.persona, scenario.provider)
    tasks: dict[asyncio.Task[None], Link | None] = {}
    faults: list[BaseException] = []

    def start(coroutine: Coroutine[None, None, None], link: Link | None) -> None:
        task = loop.create_task(coroutine)
        tasks[task] = link
        task.add_done_callback(ended)

    def ended(task: asyncio.Task[None]) -> None:
        link = tasks.pop(task)
        if link is not None:
            link.close()
        if not task.cancelled() and (fault := task.exception()) is not None:
            faults.append(fault)

    def opened(link: Link) -> None:
        if len(tasks) >= SESSIONS:
            link.abort()
        else:
            start(Session(link, scenario, persona, memory, context).play(), link)

    # asyncio's own servers leak a connection that is accepted while they are being closed.
    for sock in sockets:
        sock.listen(BACKLOG)
        start(_accept(sock, lambda: Link(opened)), None)
    try:
        yield
    finally:
        while tasks:
            for task, link in list(tasks.items()):
                task.cancel()
                if link is not None:
                    link.abort()
            await asyncio.wait(list(tasks))
        for _ in range(TURNS):
            await asyncio.sleep(0)
    if faults:
        raise faults[0]


async def _accept(sock: socket.socket, make: Callable[[], Link]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            connection, _ = await loop.sock_accept(sock)
        except OSError:
            # The client has left already, or the process has no file descriptor left for now.
            await asyncio.sleep(ACCEPT_PAUSE)
        else:
            await loop.connect_accepted_socket(make, connection)


def _bind(hosts: tuple[str, ...], port: int) -> list[socket.socket]:
    problem: OSError | None = None
    for _ in range(1 if port else ATTEMPTS):
        sockets: list[socket.socket] = []
        try:
            for host in hosts:
                sock = socket.socket(_family(host), socket.SOCK_STREAM)
                sockets.append(sock)
                sock.setblocking(False)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if sock.family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((host, sockets[0].getsockname()[1] if len(sockets) > 1 else port))
        except OSError as error:
            problem = error
            for sock in sockets:
                sock.close()
        else:
            return sockets
    reason = "is in use" if problem is not None and problem.errno == errno.EADDRINUSE else f"cannot be used: {problem}"
    raise CannotRunError(f"Port {port} on {hosts[0]} {reason}. Choose another one, or 0 for any that is free.")


def _fill(sock: socket.socket) -> socket.socket:
    """Let a port answer no attempt to connect: its queue is as short as it can be, and taken."""
    sock.listen(0)
    filler = socket.socket(sock.family, socket.SOCK_STREAM)
    filler.setblocking(False)
    with suppress(BlockingIOError):
        filler.connect(sock.getsockname())
    return filler


def _family(host: str) -> socket.AddressFamily:
    try:
        version = ipaddress.ip_address(host).version
    except ValueError as error:
        raise UsageError(f"{host!r} is no IP address to listen on, such as {LOOPBACK}.") from error
    return socket.AF_INET6 if version == 6 else socket.AF_INET


def _own_address(host: str) -> str | None:
    """The address for the certificate, where it is one that a client can connect to and is no loopback one."""
    _family(host)
    address = ipaddress.ip_address(host)
    return None if address.is_loopback or address.is_unspecified else host
