"""Work that may hang, each in a thread of its own.

The event loop's own threads are few and shared, and the program waits for them when it ends. A thread from here can
be left behind: it keeps neither other work nor the end of the program waiting.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


def detach(work: Callable[[], T], name: str) -> tuple[threading.Thread, asyncio.Future[T]]:
    """Start work in a thread of this name; the thread, and the future of what the work returns or raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def deliver(result: Callable[[], T]) -> None:
        if done.done():  # nobody waits any more
            return
        try:
            done.set_result(result())
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits
            done.set_exception(error)

    def run() -> None:
        result = _outcome(work)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(deliver, result)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread, done


async def run_detached(work: Callable[[], T], name: str) -> T:
    """Run work in a thread of this name. Where the caller is cancelled, the thread is left behind."""
    return await detach(work, name)[1]


def _outcome(work: Callable[[], T]) -> Callable[[], T]:
    """Do the work; a function that returns what it returned, or raises what it raised."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001 - handed on to whoever waits
        raised = error

        def fail() -> T:
            raise raised

        return fail
    return lambda: result
