"""An account to export, and the targets that come with the program."""

from __future__ import annotations

from typing import Final

from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security

TARGETS: Final = load_knowledge().targets
SECRET: Final = Secret("hunter2 is#mine")


def account(
    security: Security = Security.STARTTLS, port: int = 587, username: str | None = "me@example.test"
) -> Account:
    """One on smtp.example.test."""
    return Account("smtp.example.test", port, security, username=username, sender="me@example.test")
