"""A terminal program at a fixed size, driven by keys and read as a screen, inside tmux."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.waiting import wait_for

_RUN = """
trap : INT QUIT
file=$1
shift
"$@"
echo $? > "$file.part" && mv "$file.part" "$file"
"""
"""Runs the program and keeps its exit status: tmux 3.3 sometimes forgets it. Keys that send a signal reach the
program as ever; the shell only outlives them."""


def available() -> str | None:
    """None, or what is missing."""
    return processes.missing("tmux", "tmux")


class Terminal:
    """One program in one window. Keys have tmux's names: `Enter`, `Escape`, `Tab`, `C-c`, `F1`."""

    def __init__(self, socket: Path, status_file: Path) -> None:
        self._socket = socket
        self._status_file = status_file

    def send(self, *keys: str) -> None:
        """Press keys by name, one after the other."""
        self._tmux("send-keys", "-t", "0", *keys)

    def type(self, text: str) -> None:
        """Type text as it is; nothing in it is taken for the name of a key."""
        # A semicolon at the end of an argument would end tmux's own command.
        literal = f"{text[:-1]}\\;" if text.endswith(";") else text
        self._tmux("send-keys", "-t", "0", "-l", "--", literal)

    def paste(self, text: str) -> None:
        """Paste text at once, bracketed where the program asked for that."""
        self._tmux("load-buffer", "-", given=text)
        self._tmux("paste-buffer", "-p", "-d", "-t", "0")

    def resize(self, width: int, height: int) -> None:
        """Change the terminal's size, in cells."""
        self._tmux("resize-window", "-t", "0", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """What is to be seen, a line for each row, without colours."""
        return self._tmux("capture-pane", "-t", "0", "-p")

    def wait_for(self, wanted: str | re.Pattern[str], *, timeout: float = 15.0) -> str:
        """The screen, once it shows the text or matches the pattern.

        Raises TimeoutError with the last screen after `timeout` seconds.
        """
        return self._wait(lambda screen: _shows(screen, wanted), f"{wanted!r} on the screen", timeout)

    def wait_gone(self, unwanted: str | re.Pattern[str], *, timeout: float = 15.0) -> str:
        """The screen, once it no longer shows the text or matches the pattern.

        Raises TimeoutError with the last screen after `timeout` seconds.
        """
        return self._wait(lambda screen: not _shows(screen, unwanted), f"{unwanted!r} to go", timeout)

    def wait_exit(self, *, timeout: float = 15.0) -> int:
        """The program's exit status, once it has ended.

        Raises TimeoutError with the last screen after `timeout` seconds.
        """
        self._wait(lambda _: self._status_file.exists(), "the program to end", timeout)
        return int(self._status_file.read_text())

    def _wait(self, is_right: Callable[[str], bool], what: str, timeout: float) -> str:
        last = ""

        def look() -> bool:
            nonlocal last
            last = self.screen()
            return is_right(last)

        try:
            wait_for(look, what, timeout=timeout)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; the screen was:\n{last}") from None
        return last

    def _tmux(self, *arguments: str, given: str | None = None) -> str:
        return _tmux(self._socket, *arguments, given=given)


@contextlib.contextmanager
def start(
    command: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    width: int = 80,
    height: int = 24,
    *,
    cwd: Path | None = None,
) -> Iterator[Terminal]:
    """Run `command` in a terminal of `width` × `height` cells, and end it on leaving.

    `env` is the whole environment of the program but for TERM; None means that of pytest. The last
    screen stays readable after the program has ended.
    """
    with processes.server_folder("tmux") as folder:
        folder.chmod(0o700)
        socket = folder / "socket"
        (folder / "tmux.conf").write_text(
            "set -g status off\nset -g remain-on-exit on\nset -g remain-on-exit-format ''\n"
            "set -g default-terminal tmux-256color\nset -sg escape-time 10\n"
        )
        server: list[str | Path] = [
            processes.find("tmux") or "tmux",
            "-D",
            "-u",
            "-S",
            socket,
            "-f",
            folder / "tmux.conf",
        ]
        size = ("-x", str(width), "-y", str(height))
        start_in = ("-c", str(cwd)) if cwd else ()
        status_file = folder / "status"
        program = ("sh", "-c", _RUN, "sh", str(status_file), *map(str, command))
        with processes.background(server, log=folder / "tmux.log", env=env):
            wait_for(socket.exists, "tmux")
            # The program's PATH is this client's, everything else the server's.
            _tmux(socket, "new-session", "-d", "-E", *size, *start_in, "--", *program, env=env)
            yield Terminal(socket, status_file)


def _shows(screen: str, wanted: str | re.Pattern[str]) -> bool:
    return wanted in screen if isinstance(wanted, str) else wanted.search(screen) is not None


def _tmux(socket: Path, *arguments: str, given: str | None = None, env: Mapping[str, str] | None = None) -> str:
    tmux = processes.find("tmux") or "tmux"
    done = subprocess.run(
        [tmux, "-u", "-S", str(socket), *arguments],
        input=given or "",
        env=None if env is None else dict(env),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"tmux {arguments[0]}: {done.stderr.strip()}")
    return done.stdout
