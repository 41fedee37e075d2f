"""Loopback addresses and ports that nothing else uses."""

from __future__ import annotations

import functools
import secrets
import socket

_FIRST, _LAST = 20000, 32000
"""Below the kernel's ephemeral range, so that no outgoing connection takes a port between choice and use."""

_given: set[int] = set()


@functools.cache
def loopback_addresses() -> tuple[str, ...]:
    """127.0.0.1, and ::1 where the machine has it."""
    return ("127.0.0.1", "::1") if _can_bind("::1", 0) else ("127.0.0.1",)


def free_port() -> int:
    """A port that is free on every loopback address, for TCP and UDP, and that was not given out before."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if port not in _given and all(_can_bind(address, port) for address in loopback_addresses()):
            _given.add(port)
            return port


def _can_bind(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(family, kind) as probe:
                probe.bind((address, port))
    except OSError:
        return False
    return True
