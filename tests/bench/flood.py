"""How the screen fares while a server floods the transcript: the real runner, a real server in a process of its own.

Run it with `python -m tests.bench.flood`. Figures are printed, never asserted: machines differ.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import ssl
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from smtpwizard.checks.catalog import all_checks
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.check import Options, Override
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.net.browser import open_page
from smtpwizard.tui.app import WizardApp
from smtpwizard.wiring import real_ports
from smtpwizard.wizard import changes
from smtpwizard.wizard.state import Form, Progress, Step
from smtpwizard.wizard.surroundings import Surroundings
from tests.integration.parts.hostile_server import Act, Moment, behaving, flooding, saying

TICK = 0.005
SECRET = "correct horse battery staple 42"
NAME = "mail.example.test"
LINES = 100_000
LONG = b"250-" + b"\x1b[31m\xe2\x80\xae x" * 900 + b"\r\n"
FLOODS: dict[str, tuple[Moment, Act]] = {
    "100,000 lines of a reply": (Moment.EHLO, saying(b"250-more\r\n" * LINES)),
    "lines without end": (Moment.EHLO, flooding(b"250-more\r\n" * 1000)),
    "long lines of escapes": (Moment.EHLO, flooding(LONG * 20)),
    "one line without end": (Moment.EHLO, flooding(b"x" * 65536)),
    "the secret, over and over": (Moment.MAIL, flooding(b"250-" + SECRET.encode() * 200 + b"\r\n")),
    "replies nobody asked for": (Moment.GREETING, flooding(b"220 more\r\n" * 1000)),
    "after the log-in": (Moment.AUTH, saying(b"235 yes\r\n" + b"250 more\r\n" * LINES)),
}


def main() -> None:
    """Print every figure."""
    match sys.argv[1:]:
        case ["serve", name]:
            asyncio.run(serve(name))
        case ["watch", name]:
            measure(name)
        case _:
            print("worst gap between two ticks of the screen while the checks run (at most 50 ms)")
            for name in FLOODS:
                subprocess.run([sys.executable, "-m", "tests.bench.flood", "watch", name], check=True)


def measure(name: str) -> None:
    """Print the figures of one flood."""
    # As the program does it.
    gc.freeze()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.flood", "serve", name], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        gaps, lines, seconds = asyncio.run(watch(int(server.stdout.readline())))
        server.kill()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"  {name:<28} {max(gaps)[0] * 1000:4.0f} ms, processor {max(gap for _, gap in gaps) * 1000:4.0f} ms;  "
        f"{lines:3} lines shown, {seconds:.1f} s, {len(gaps)} ticks, memory + {grown / 1024:.1f} MB"
    )


async def serve(name: str) -> None:
    """Be the server, and say on which port."""
    moment, act = FLOODS[name]
    async with behaving({moment: act}, ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)) as server:
        print(server.port, flush=True)
        await asyncio.Event().wait()


async def watch(port: int) -> tuple[list[tuple[float, float]], int, float]:
    """Wall and processor seconds between ticks, lines in the transcript, and seconds until the checks have ended."""
    app = WizardApp(world(), progress(port))
    gaps: list[tuple[float, float]] = []
    async with app.run_test(size=(120, 40)) as pilot:
        began = last = time.perf_counter()
        used = time.thread_time()

        def tick() -> None:
            nonlocal last, used
            now, spent = time.perf_counter(), time.thread_time()
            gaps.append((now - last, spent - used))
            last, used = now, spent

        app.set_interval(TICK, tick)
        await app.workers.wait_for_complete()
        seconds = time.perf_counter() - began
        await pilot.pause()
        assert app.progress.report is not None
        return gaps, len(app.progress.report.transcript), seconds


def world() -> Surroundings:
    """The real one, without a keyring."""
    knowledge = load_knowledge()
    return Surroundings(
        knowledge=knowledge,
        ports=partial(real_ports, knowledge),
        checks=all_checks,
        folder=Path.cwd(),
        open_page=open_page,
        keep=False,
    )


def progress(port: int) -> Progress:
    """Everything filled in, and the checks are next."""
    start = changes.choose_provider(Progress(), load_knowledge().providers["custom"])
    options = Options(timeout=3.0, overrides=(Override(NAME, 587, "127.0.0.1", port),), allow_cleartext_auth=True)
    form = Form(NAME, "587", Security.NONE, "anna", "anna@example.test", "bob@example.test")
    return replace(start, step=Step.CHECKS, form=form, secret=Secret(SECRET), options=options)


if __name__ == "__main__":
    main()
