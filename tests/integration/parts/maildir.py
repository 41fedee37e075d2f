"""Reading what a mail server delivered."""

from __future__ import annotations

from pathlib import Path

from tests.integration.parts.waiting import wait_for


class Maildirs:
    """One Maildir for each address, side by side in a folder that the mail server writes to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def received(self, address: str | None = None) -> list[bytes]:
        """Delivered messages as they lie on disk, oldest first; of one mailbox, or of all."""
        paths = self._folder.glob(f"{address or '*'}/new/*")
        return [path.read_bytes() for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns)]

    def wait_for_message(self, containing: bytes, *, address: str | None = None, timeout: float = 10) -> bytes:
        """The first delivered message that holds these bytes.

        Raises TimeoutError when none has arrived after `timeout` seconds.
        """

        def look() -> bytes | None:
            return next((message for message in self.received(address) if containing in message), None)

        return wait_for(look, f"a message containing {containing!r}", timeout=timeout)
