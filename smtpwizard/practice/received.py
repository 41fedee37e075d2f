"""What the practice server was sent, within bounds."""

from __future__ import annotations

from collections import Counter, deque
from typing import Final

import msgspec

MESSAGES: Final = 200
"""Messages that are kept, the newest ones."""
OCTETS: Final = 1024 * 1024
"""Octets of one message that are kept."""
COMMANDS: Final = 5000
"""Commands that are kept, the newest ones."""
ARGUMENTS: Final = 10_000
"""Different arguments whose occurrences are counted."""


class Message(msgspec.Struct, frozen=True):
    """A message that the server took over."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    """Its first `OCTETS` octets, dots unstuffed, line ends as they came."""
    octets: int
    """Its whole length."""
    encrypted: bool
    username: str | None
    """Who had logged in; None where nobody had."""


class Memory:
    """What a server remembers over all its sessions."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque(maxlen=MESSAGES)
        self._commands: deque[str] = deque(maxlen=COMMANDS)
        self._heard: Counter[tuple[int, str]] = Counter()

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages taken over, oldest first."""
        return tuple(self._messages)

    @property
    def commands(self) -> tuple[str, ...]:
        """Every command, oldest first, without credentials."""
        return tuple(self._commands)

    def keep(self, message: Message) -> None:
        """Remember a message."""
        self._messages.append(message)

    def note(self, command: str) -> None:
        """Remember a command."""
        self._commands.append(command)

    def times_heard(self, rule: int, argument: str) -> int:
        """How often a rule's argument has come before; this time is counted."""
        key = (rule, argument.casefold())
        if key not in self._heard and len(self._heard) >= ARGUMENTS:
            self._heard.clear()
        self._heard[key] += 1
        return self._heard[key] - 1
