"""The base of what lies over a page and asks or tells something."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """Closes at most once. Another page may have taken its place by the time its last key is dealt with."""

    CSS_PATH = Path(__file__).with_name("dialogs.tcss")

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()
