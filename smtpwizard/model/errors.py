"""Errors whose message is a sentence for the person at the keyboard."""

from __future__ import annotations


class SmtpWizardError(Exception):
    """Root of every expected error. Its text names the input at fault and the way out."""


class UsageError(SmtpWizardError):
    """What was asked for cannot be done as asked: wrong option, unreadable file, unknown name."""


class CannotRunError(SmtpWizardError):
    """The request is fine and this machine cannot carry it out: no keyring, no terminal, no permission."""


def fault_words(error: BaseException) -> str:
    """What a fault of this program was and where, without the error's text, which could hold what it must not."""
    import os
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {os.path.basename(frames[-1].filename)} line {frames[-1].lineno}" if frames else ""
    return f"a fault of this program, please report it: {type(error).__name__}{where}"
