"""Regular expressions that few texts need: to compile one costs more than to search most texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache


def later(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """A pattern that is compiled when it is first called for."""
    return cache(lambda: re.compile(pattern, flags))
