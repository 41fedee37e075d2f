"""A saved account: the settings, and where the secret is. The secret itself is never part of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status


class InKeyring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="in", tag="keyring"):
    """The operating system's keyring has it."""

    backend: str
    """The keyring, as it was named when the secret was written and read back."""
    entry: str
    """Under which name."""


class InVariable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="in", tag="environment"):
    """An environment variable of whoever runs the program has it."""

    variable: str


class FromCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="in", tag="command"):
    """A command prints it on its first line."""

    command: str


class InFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="in", tag="age-file"):
    """A file has it, encrypted with a passphrase in the format of age."""

    file: str
    """Path; without a folder, it lies beside the profiles and goes with its profile."""


class Nowhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="in", tag="none"):
    """Nothing keeps it: it is given for each run, or nothing logs in."""


Place = InKeyring | InFile | InVariable | FromCommand | Nowhere
"""Where a secret is."""


class LastTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last run of all checks with the profile as it is."""

    at: str
    """UTC, RFC 3339."""
    verdict: Status


class Profile(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"sender": "from", "recipient": "to", "ehlo_name": "ehlo", "overrides": "resolve"},
):
    """One saved account, as its file holds it. The keys are those of the JSON report and the options of `check`."""

    host: str
    port: int
    security: Security
    provider: str | None = None
    username: str | None = None
    mechanism: str | None = None
    sender: str | None = None
    recipient: str | None = None
    ehlo_name: str | None = None
    ca_file: str | None = None
    pin: str | None = None
    nameserver: str | None = None
    overrides: tuple[str, ...] = ()
    timeout: Annotated[float, msgspec.Meta(ge=0.2, le=600)] | None = None
    secret: Place = Nowhere()
    tested: LastTest | None = None

    @property
    def account(self) -> Account:
        """The account that it is about."""
        return Account(
            host=self.host,
            port=self.port,
            security=self.security,
            provider=self.provider,
            username=self.username,
            mechanism=self.mechanism,
            sender=self.sender,
            recipient=self.recipient,
        )
