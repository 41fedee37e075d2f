"""A private D-Bus session with GNOME Keyring answering as its Secret Service, in a home of its own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.waiting import wait_for

_LOGIN_COLLECTION = "/org/freedesktop/secrets/collection/login"

_SOCKET = re.compile(r"unix:path=(?P<path>[^,]+)")

_START = """
printf '%s' "$DBUS_SESSION_BUS_ADDRESS" > "$1.part" && mv "$1.part" "$1" || exit
shift
exec "$@"
"""
"""Run inside the session: says where the bus is, then becomes the daemon."""


def available() -> str | None:
    """None, or what is missing."""
    return processes.missing("dbus", "dbus-run-session", "dbus-send") or processes.missing(
        "gnome-keyring", "gnome-keyring-daemon"
    )


@dataclass(frozen=True, slots=True)
class SecretService:
    """A running keyring. What is started with `environment` uses it and no other."""

    environment: Mapping[str, str]
    """Whole environment for a subprocess: the bus, a home and XDG folders of its own."""
    home: Path

    def lock(self) -> None:
        """Lock the login collection, as a screen saver does; unlocking would need a prompt."""
        method = "org.freedesktop.Secret.Service.Lock"
        self._call("/org/freedesktop/secrets", method, f"array:objpath:{_LOGIN_COLLECTION}")

    def is_locked(self) -> bool:
        """Whether the login collection is locked.

        Raises RuntimeError when there is none.
        """
        wanted = ("string:org.freedesktop.Secret.Collection", "string:Locked")
        answer = self._call(_LOGIN_COLLECTION, "org.freedesktop.DBus.Properties.Get", *wanted)
        return answer.endswith("true")

    def _call(self, path: str, method: str, *arguments: str) -> str:
        return _call(self.environment, "org.freedesktop.secrets", path, method, *arguments)


@contextlib.contextmanager
def running(*, unlocked: bool = True) -> Iterator[SecretService]:
    """Start a session and its keyring.

    `unlocked=False` is a fresh home whose person never logged in: there is no login collection, and
    making one needs a prompt that no one sees.
    """
    with processes.server_folder("keyring") as home:
        home.chmod(0o700)
        environment = _environment(home)
        address_file = home / "bus-address"
        argv: list[str | Path] = [
            "dbus-run-session",
            "--",
            "sh",
            "-c",
            _START,
            "sh",
            address_file,
            "gnome-keyring-daemon",
        ]
        options = ["--foreground", "--components=secrets", *(["--unlock"] if unlocked else [])]
        with processes.background(
            [*argv, *options], log=home / "session.log", stdin=b"login-password", env=environment
        ):
            wait_for(address_file.exists, "the D-Bus session")
            address = environment["DBUS_SESSION_BUS_ADDRESS"] = address_file.read_text()
            service = SecretService(environment, home)
            wait_for(lambda: _owns_name(environment), "GNOME Keyring on the bus")
            if unlocked:
                wait_for(lambda: not service.is_locked(), "an unlocked login collection")
            yield service
        # A bus that is killed leaves its socket where D-Bus puts it, outside the home.
        if socket := _SOCKET.match(address):
            Path(socket["path"]).unlink(missing_ok=True)


def _environment(home: Path) -> dict[str, str]:
    folders = {
        "XDG_RUNTIME_DIR": home / "run",
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_STATE_HOME": home / ".local/state",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}
    return {**kept, "HOME": str(home), **{name: str(folder) for name, folder in folders.items()}}


def _owns_name(environment: Mapping[str, str]) -> bool:
    bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner")
    return _call(environment, *bus, "string:org.freedesktop.secrets").endswith("true")


def _call(environment: Mapping[str, str], name: str, path: str, method: str, *arguments: str) -> str:
    done = subprocess.run(
        ["dbus-send", "--session", "--print-reply", f"--dest={name}", path, method, *arguments],
        env={**environment},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{method}: {done.stderr.strip()}")
    return done.stdout.strip()
