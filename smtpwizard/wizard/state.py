"""What the wizard knows at one moment, as one frozen value. The start page needs it, so it imports next to nothing."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from smtpwizard.model.smtp import Security

if TYPE_CHECKING:
    from smtpwizard.model.check import Options
    from smtpwizard.model.evidence.answers import Answer, Probed
    from smtpwizard.model.evidence.machine import Keyring
    from smtpwizard.model.provider import Provider
    from smtpwizard.model.report import Report
    from smtpwizard.model.secret import Secret


class Step(StrEnum):
    """A page of the wizard."""

    PROVIDER = "provider"
    GUIDE = "guide"
    CREDENTIALS = "credentials"
    CHECKS = "checks"
    TROUBLE = "trouble"
    """The troubleshooter: a detour from the checks, or from the proof."""
    PROOF = "proof"
    EXPORT = "export"
    DONE = "done"

    @property
    def stop(self) -> Step:
        """The stop of the journey that this page belongs to."""
        return _STOP_OF.get(self, self)


JOURNEY: Final = (Step.PROVIDER, Step.GUIDE, Step.CREDENTIALS, Step.CHECKS, Step.PROOF, Step.EXPORT)
"""The stops that a person sees, in order."""

_STOP_OF: Final = {Step.TROUBLE: Step.CHECKS, Step.DONE: Step.EXPORT}


class Field(StrEnum):
    """A field that a person fills in."""

    HOST = "host"
    PORT = "port"
    SECURITY = "security"
    USERNAME = "username"
    SECRET = "secret"  # noqa: S105 - the name of a field
    SOURCE = "source"
    """The environment variable or the command that has the secret."""
    SENDER = "sender"
    RECIPIENT = "recipient"


class Keeping(StrEnum):
    """Where the secret is kept while the wizard works, and after."""

    KEYRING = "keyring"
    SESSION = "session"
    """In memory, until the wizard ends."""
    VARIABLE = "variable"
    """The person keeps it in an environment variable."""
    COMMAND = "command"
    """A command of the person prints it."""

    @property
    def elsewhere(self) -> bool:
        """Whether the person keeps it, and it is only taken from there."""
        return self in {Keeping.VARIABLE, Keeping.COMMAND}


class Trial(StrEnum):
    """What a run was for."""

    CHECKS = "checks"
    PROOF = "proof"


class Form(msgspec.Struct, frozen=True):
    """The fields as they were typed, right or wrong: going back must not lose a half-finished word."""

    host: str = ""
    port: str = ""
    security: Security = Security.TLS
    username: str = ""
    sender: str = ""
    recipient: str = ""


class Progress(msgspec.Struct, frozen=True):
    """Everything known so far."""

    step: Step = Step.PROVIDER
    search: str = ""
    """What was typed to find the provider."""
    provider: Provider | None = None
    form: Form = Form()
    mechanism: str | None = None
    secret: Secret | None = None
    keeping: Keeping = Keeping.KEYRING
    source: str = ""
    """The environment variable or the command that has the secret, as typed."""
    keyring: Keyring | None = None
    """What the keyring did with the secret; None until it was asked to keep it."""
    options: Options | None = None
    """How runs are carried out; None is the usual way."""
    report: Report | None = None
    """The last finished run of the checks, for the account as it stands."""
    proof: Report | None = None
    """The last finished run of the envelope or the test message."""
    trouble: Trial = Trial.CHECKS
    """Which run the troubleshooter looks into."""
    answers: tuple[Answer | Probed, ...] = ()
    target: str | None = None
    path: str = ""
    """Where the export goes, as typed."""
    written: Path | None = None
    proven: Report | None = None
    """The run of the log-in that was made from the written file."""
    focus: Field | None = None
    """The field to go to when its page opens."""

    @property
    def secret_held(self) -> bool:
        """Whether there is a secret."""
        return bool(self.secret)

    @property
    def troubled(self) -> Report | None:
        """The run that the troubleshooter looks into."""
        return self.proof if self.trouble is Trial.PROOF else self.report
