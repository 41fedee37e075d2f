"""Waiting for something that another process does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_INTERVAL = 0.02
"""Seconds between two looks."""


def wait_for(look: Callable[[], T | None], what: str, *, timeout: float = 10.0) -> T:
    """The first truthy answer of `look`.

    Raises TimeoutError naming `what` after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    pause = threading.Event()
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {timeout:g} s for {what}")
        pause.wait(_INTERVAL)
