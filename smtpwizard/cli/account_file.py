"""Reads a file of accounts, one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from smtpwizard.cli.accounts import Request, read_request
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.errors import SmtpWizardError, UsageError
from smtpwizard.model.smtp import Security

LINE_LIMIT: Final = 64 * 1024
"""Octets of one line."""


class AccountLine(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from", "recipient": "to"}
):
    """One line: the names of the JSON report, and where the secret comes from."""

    host: str | None = None
    port: int | None = None
    security: Security | None = None
    provider: str | None = None
    username: str | None = None
    mechanism: str | None = None
    sender: str | None = None
    recipient: str | None = None
    env: str | None = None
    password_env: str | None = None
    token_command: str | None = None


def read_accounts(knowledge: Knowledge, path: Path, given: dict[str, Any]) -> Iterator[Request]:
    """What the lines of a file ask for, together with the options that are given for all of them.

    The file is opened and read as it is needed. Empty lines count, and say nothing.

    Raises:
        UsageError: the file cannot be read, a line of it is no account, or there is none at all.
    """
    empty = True
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LINE_LIMIT), b""), 1):
                if line.strip():
                    empty = False
                    yield _request(knowledge, given, line, f"{path} line {number}")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    if empty:
        raise UsageError(f"{path} names no account: it takes one JSON object a line.")


def _request(knowledge: Knowledge, given: dict[str, Any], line: bytes, where: str) -> Request:
    if len(line) == LINE_LIMIT and not line.endswith(b"\n"):
        raise UsageError(f"{where} is longer than {LINE_LIMIT} octets.")
    try:
        account = msgspec.json.decode(line, type=AccountLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{where}: {error}") from error
    changes = {
        "env_file": Path(account.env) if account.env is not None else None,
        "provider_id": account.provider,
        "host": account.host,
        "port": account.port,
        "security": account.security,
        "username": account.username,
        "mechanism": account.mechanism,
        "sender": account.sender,
        "recipient": account.recipient,
        "password_env": account.password_env,
        "token_command": account.token_command,
    }
    merged = given | {key: value for key, value in changes.items() if value is not None} | {"no_input": True}
    try:
        return read_request(knowledge, merged)
    except SmtpWizardError as error:
        raise UsageError(f"{where}: {error}") from error
