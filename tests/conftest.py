"""What holds for every test: no real keyring, no network but loopback, a home of its own, one look of the terminal."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
import trustme
from hypothesis import settings
from keyring.backend import KeyringBackend

settings.register_profile("tests", deadline=None, max_examples=60)
settings.load_profile("tests")

LOCAL_NAMES = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})


class ForbiddenKeyring(KeyringBackend):
    """Stands in for the person's own keyring, which no test may touch."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise RuntimeError("a test reached for the real keyring")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError("a test reached for the real keyring")

    def delete_password(self, service: str, username: str) -> None:
        raise RuntimeError("a test reached for the real keyring")


@pytest.fixture(autouse=True)
def no_real_keyring(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("real") is None:
        keyring.set_keyring(ForbiddenKeyring())  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the session, so that the data files are parsed once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, cache_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def fixed_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(method: Callable[..., Any], position: int) -> Callable[..., Any]:
        def call(sock: socket.socket, *arguments: Any) -> Any:
            if sock.family in {socket.AF_INET, socket.AF_INET6}:
                _see_that_local(arguments[position][0])
            return method(sock, *arguments)

        return call

    for name, position in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
        monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name), position))
    system = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
        try:
            _see_that_local(host)
        except RuntimeError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "names are not looked up in tests") from error
        return system(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def _see_that_local(host: object) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if name in LOCAL_NAMES or name == socket.gethostname():
        return
    try:
        local = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        local = None
    if local is None or not (local.is_loopback or local.is_unspecified):
        raise RuntimeError(f"a test reached for {name}, which is not this machine")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority of the tests' own."""
    return trustme.CA(organization_name="Tests of smtpwizard")


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The authority's certificate, as `--ca-file` takes it."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)
