"""The account that was entered, and where its secret is kept. Pure."""

from __future__ import annotations

from typing import assert_never

from smtpwizard.model.account import Account
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.wizard.state import Keeping, Progress


def account_of(progress: Progress) -> Account:
    """The account that the form describes. A port that is no number counts as 0, which no check lets pass."""
    form = progress.form
    username = form.username.strip()
    sender = form.sender.strip() or (username if "@" in username else "")
    port = form.port.strip()
    return Account(
        host=form.host.strip(),
        port=int(port) if port.isascii() and port.isdecimal() and len(port) < 7 else 0,
        security=form.security,
        provider=progress.provider.id if progress.provider is not None else None,
        username=username or None,
        mechanism=progress.mechanism,
        sender=sender or None,
        recipient=form.recipient.strip() or None,
    )


def vault_name(account: Account) -> str:
    """The name under which the keyring keeps the secret of an account."""
    return f"{account.username}@{account.host}"


def kept_elsewhere(progress: Progress) -> InVariable | FromCommand | None:
    """Where the person keeps the secret; None where the wizard has it."""
    match progress.keeping:
        case Keeping.VARIABLE:
            return InVariable(progress.source.strip())
        case Keeping.COMMAND:
            return FromCommand(progress.source.strip())
        case Keeping.KEYRING | Keeping.SESSION:
            return None
    assert_never(progress.keeping)
