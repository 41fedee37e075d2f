"""How the full-screen wizard starts and weighs, against a bare Textual app.

Run it with `python -m tests.bench.screen`. Figures are printed, never asserted: machines differ.
"""

from __future__ import annotations

import compileall
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
from typing import NamedTuple

import smtpwizard

BARE = """
from textual.app import App
from textual.widgets import Label
class Bare(App):
    def compose(self):
        yield Label("ready to go")
Bare().run()
"""
TIMES = 9


def main() -> None:
    """Print every figure."""
    # As an installation has it; from the source alone every start would compile all that it imports.
    compileall.compile_dir(str(Path(smtpwizard.__file__).parent), quiet=1)
    program = str(Path(sys.executable).with_name("smtpwizard"))
    starts = {
        "bare Textual app": ([sys.executable, "-c", BARE], b"ready to go"),
        "smtpwizard": ([program], b"Google Workspace"),
        "smtpwizard demo": ([program, "demo"], b"Play it"),
    }
    seen: dict[str, list[Start]] = {name: [] for name in starts}
    for _ in range(TIMES):
        for name, (command, word) in starts.items():
            seen[name].append(first_frame(command, word))
    best = {name: Start(*map(min, zip(*found, strict=True))) for name, found in seen.items()}
    bare = best["bare Textual app"]
    print(f"first useful frame, the best of {TIMES} (against the bare app at most 1.3 ×)")
    for name, start in best.items():
        print(
            f"  {name:<17} {start.seconds * 1000:4.0f} ms, {start.seconds / bare.seconds:.2f} ×;  "
            f"processor {start.processor * 1000:4.0f} ms, {start.processor / bare.processor:.2f} ×;  "
            f"memory {start.megabytes:.0f} MB, {start.megabytes / bare.megabytes:.2f} ×"
        )
    full = after_a_run([program, "demo", "all-well"])
    print(f"memory after a full run in the demo: {full:.0f} MB, {full / bare.megabytes:.2f} × (at most 2.0)")


class Start(NamedTuple):
    """What a start took until the terminal showed a word."""

    seconds: float
    processor: float
    """Seconds of processor time; this one hardly minds what else the machine does."""
    megabytes: float
    """Memory at that point."""


def first_frame(command: list[str], word: bytes) -> Start:
    """Start a program and end it once the terminal shows a word."""
    began = time.perf_counter()
    pid, terminal = _start(command)
    try:
        _read_until(terminal, word)
        seconds, megabytes = time.perf_counter() - began, _megabytes(pid)
    finally:
        used = _end(pid, terminal)
    return Start(seconds, used, megabytes)


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


def _end(pid: int, terminal: int) -> float:
    """End a program; the seconds of processor time that it took."""
    os.kill(pid, signal.SIGKILL)
    _, _, used = os.wait4(pid, 0)
    os.close(terminal)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
