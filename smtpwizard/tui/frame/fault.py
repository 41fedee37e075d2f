"""What is said of a fault of this program, met behind a page."""

from __future__ import annotations

from textual.worker import Worker

from smtpwizard.model.text import printable


def fault_words(worker: Worker[object]) -> str:
    """What ended a worker, in one line."""
    return printable(str(worker.error)) or type(worker.error).__name__
