"""How the full-screen wizard starts and weighs, against a bare Textual app.

Run it with `python -m tests.bench.screen`. Figures are printed, never asserted: machines differ.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("ready to go")
Bare().run()
"""
TIMES = 7


def main() -> None:
    """Print every figure."""
    smtpwizard = str(Path(sys.executable).with_name("smtpwizard"))
    bare = [first_frame([sys.executable, "-c", BARE], b"ready to go") for _ in range(TIMES)]
    wizard = [first_frame([smtpwizard], b"Google Workspace") for _ in range(TIMES)]
    quickest, own = min(seconds for seconds, _ in bare), min(seconds for seconds, _ in wizard)
    print(f"first useful frame: {own * 1000:.0f} ms, bare Textual app {quickest * 1000:.0f} ms: ", end="")
    print(f"{own / quickest:.2f} × (at most 1.3)")
    lightest, weight = min(size for _, size in bare), min(size for _, size in wizard)
    print(f"memory at that point: {weight:.0f} MB, bare {lightest:.0f} MB: {weight / lightest:.2f} ×")
    full = after_a_run([smtpwizard, "demo", "all-well"])
    print(f"memory after a full run in the demo: {full:.0f} MB, {full / lightest:.2f} × (at most 2.0)")


def first_frame(command: list[str], word: bytes) -> tuple[float, float]:
    """Seconds until the terminal shows a word, and megabytes of memory then."""
    began = time.perf_counter()
    pid, terminal = _start(command)
    try:
        _read_until(terminal, word)
        return time.perf_counter() - began, _megabytes(pid)
    finally:
        _end(pid, terminal)


def after_a_run(command: list[str]) -> float:
    """Megabytes after the demo has played a scenario and its checks have ended."""
    pid, terminal = _start(command)
    try:
        for word in (b"What", b"Who logs in", b"Everything that was tried works"):
            _read_until(terminal, word)
            if word != b"Everything that was tried works":
                time.sleep(0.5)  # noqa: TID251 - a person's pause; nothing is measured before the end
                os.write(terminal, b"\r")
        return _megabytes(pid)
    finally:
        _end(pid, terminal)


def _start(command: list[str]) -> tuple[int, int]:
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.execvp(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    return pid, terminal


def _read_until(terminal: int, word: bytes, patience: float = 30.0) -> None:
    seen = b""
    ends = time.monotonic() + patience
    while word not in seen:
        if not select.select([terminal], [], [], max(0.0, ends - time.monotonic()))[0]:
            raise TimeoutError(f"{word!r} did not come; the end of what did: {seen[-300:]!r}")
        seen += os.read(terminal, 65536)


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _end(pid: int, terminal: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)


if __name__ == "__main__":
    main()
