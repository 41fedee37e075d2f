from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from smtpwizard.net.threads import detach, run_detached

PATIENT = 5.0


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


async def test_what_the_work_returns_or_raises_comes_back() -> None:
    def fail() -> None:
        raise OSError(5, "x")

    assert await run_detached(lambda: threading.current_thread().name, "worker") == "worker"
    with pytest.raises(OSError, match="x"):
        await run_detached(fail, "worker")


async def test_work_that_hangs_keeps_no_other_work_waiting(release: threading.Event) -> None:
    hanging = [detach(lambda: release.wait(30), "hanging")[1] for _ in range(50)]
    async with asyncio.timeout(PATIENT):
        assert await run_detached(lambda: 1, "worker") == 1
        assert await asyncio.to_thread(lambda: 2) == 2
    assert not any(done.done() for done in hanging)
    release.set()
    assert all(await asyncio.gather(*hanging))


def test_work_that_hangs_keeps_no_loop_from_ending(release: threading.Event) -> None:
    async def give_up() -> threading.Thread:
        thread, done = detach(lambda: release.wait(30), "hanging")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await done
        return thread

    thread = asyncio.run(give_up())
    assert thread.is_alive()
    release.set()
    thread.join(PATIENT)
    assert not thread.is_alive()
