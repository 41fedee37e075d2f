"""Starting a server in the foreground and ending it with all its children."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.integration.parts.waiting import wait_for

_GRACE = 5.0
"""Seconds a process has between SIGTERM and SIGKILL."""

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def find(command: str) -> str | None:
    """Where a program lies; also looks in the sbin folders, which a person's PATH may lack."""
    return shutil.which(command) or shutil.which(command, path=SYSTEM_PATH)


def missing(package: str, *commands: str, root: bool = False) -> str | None:
    """None, or a sentence saying which of `commands` is not installed or that root is needed."""
    absent = [command for command in commands if find(command) is None]
    if absent:
        return f"{', '.join(absent)} not found: install the Debian package {package}"
    if root and os.geteuid() != 0:
        return f"{package} can only be started here by root"
    return None


@contextlib.contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A fresh folder that a server's own user may enter; its path is short enough for Unix sockets.

    pytest's own temporary folders are closed to every user but the one who runs the tests.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        # A process that is being killed may write once more while its folder goes.
        shutil.rmtree(folder, ignore_errors=True)


_LEASHED = """
given=$1
shift
exec 3<&0 <"$given"
( ( read -r _; kill -KILL 0 ) <&3 >/dev/null 2>&1 & )
exec 3<&-
exec "$@"
"""
"""Becomes the server, next to a shell that reads from pytest's end of a pipe: when pytest is killed and cannot end
its servers, the pipe breaks and that shell ends their process group."""


@contextlib.contextmanager
def background(
    argv: Sequence[str | Path],
    *,
    log: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `argv` in a process group of its own, its output going to `log`; end the whole group on leaving."""
    given = log.with_suffix(".stdin")
    given.write_bytes(stdin)
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _LEASHED, "sh", str(given), *map(str, argv)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
        )
    with process:
        try:
            yield process
        finally:
            _end_group(process)


def wait_for_port(process: subprocess.Popen[bytes], address: str, port: int, log: Path) -> None:
    """Wait until a server accepts connections.

    Raises RuntimeError with the end of its output when it has ended instead, TimeoutError when it
    neither ends nor listens.
    """

    def look() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the server has ended; {log.name}:\n{log.read_text(errors='replace')[-2000:]}")
        return _accepts(address, port)

    wait_for(look, f"the server of {log.name} to listen on port {port}", timeout=20)


def _accepts(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
