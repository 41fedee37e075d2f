"""Errors whose message is a sentence for the person at the keyboard."""

from __future__ import annotations


class SmtpWizardError(Exception):
    """Root of every expected error. Its text names the input at fault and the way out."""


class UsageError(SmtpWizardError):
    """What was asked for cannot be done as asked: wrong option, unreadable file, unknown name."""


class CannotRunError(SmtpWizardError):
    """The request is fine and this machine cannot carry it out: no keyring, no terminal, no permission."""
