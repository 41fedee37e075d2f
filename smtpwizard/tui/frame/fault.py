"""What is said of an error that was met behind a page."""

from __future__ import annotations

from textual.worker import Worker

from smtpwizard.model.errors import SmtpWizardError, fault_words
from smtpwizard.model.text import printable


def ending_words(worker: Worker[object]) -> str:
    """What ended a worker, in one line: an expected error has its own sentence."""
    error = worker.error
    if error is None or isinstance(error, SmtpWizardError):
        return printable(str(error or ""))
    said = fault_words(error)
    return f"{said[0].upper()}{said[1:]}."
