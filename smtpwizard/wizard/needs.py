"""What the person is asked for, and what stands before a step. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from smtpwizard.model.provider import Provider
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Field, Progress, Step

_FINE: Final = frozenset({Status.PASS, Status.WARN})


class Lack(StrEnum):
    """What is missing before a step can be taken."""

    PROVIDER = "provider"
    NO_SMTP = "no-smtp"
    """The provider takes no mail over SMTP."""
    HOST = "host"
    PORT = "port"
    USERNAME = "username"
    SECRET = "secret"  # noqa: S105 - the name of a field
    PASSED = "passed"
    """The checks have not passed."""
    RECIPIENT = "recipient"
    SENDER = "sender"
    WRITTEN = "written"


def asks_endpoint(provider: Provider | None) -> bool:
    """Whether the person has to name the server."""
    return provider is None or provider.preferred is None or provider.preferred.is_template


def asks_username(provider: Provider | None) -> bool:
    """Whether there is a user name to enter."""
    return provider is None or provider.username.form not in {"none", "literal"}


def asks_secret(provider: Provider | None) -> bool:
    """Whether there is a secret to enter."""
    return provider is None or provider.secret.kind != "none"


def asks_sender(progress: Progress) -> bool:
    """Whether the address that mail comes from does not follow from the user name."""
    username = progress.form.username
    follows = "@" in username or (not username and asks_username(progress.provider))
    return not follows or bool(progress.form.sender) or progress.focus is Field.SENDER


def fields_needed(progress: Progress) -> tuple[Field, ...]:
    """The fields of the credentials page, in order."""
    provider = progress.provider
    fields: list[Field] = []
    if asks_endpoint(provider):
        fields += [Field.HOST, Field.PORT, Field.SECURITY]
    if asks_username(provider):
        fields.append(Field.USERNAME)
    if asks_secret(provider):
        fields.append(Field.SOURCE if progress.keeping.elsewhere else Field.SECRET)
    if asks_sender(progress):
        fields.append(Field.SENDER)
    return tuple(fields)


def first_field(progress: Progress) -> Field | None:
    """The field to begin with: the one that is asked for, else the first that is empty; None where all are filled."""
    needed = fields_needed(progress)
    wanted = Field.SOURCE if progress.focus is Field.SECRET and progress.keeping.elsewhere else progress.focus
    if wanted in needed:
        return wanted
    form = progress.form
    empty = {
        Field.HOST: not form.host,
        Field.PORT: not form.port,
        Field.USERNAME: not form.username,
        Field.SECRET: not progress.secret_held,
        Field.SOURCE: not progress.source,
        Field.SENDER: not form.sender,
    }
    return next((field for field in needed if empty.get(field, False)), None)


def lacks(progress: Progress, step: Step) -> tuple[Lack, ...]:
    """What stands between here and a step; nothing where it can be taken."""
    missing: list[Lack] = []
    provider = progress.provider
    if step is not Step.PROVIDER and provider is None:
        return (Lack.PROVIDER,)
    if step in {Step.PROVIDER, Step.GUIDE}:
        return ()
    if provider is not None and provider.status == "no-smtp" and not provider.endpoint:
        return (Lack.NO_SMTP,)
    if step is Step.CREDENTIALS:
        return ()
    missing.extend(_form_lacks(progress))
    if missing or step is Step.CHECKS:
        return tuple(missing)
    if step is Step.TROUBLE:
        return () if progress.troubled is not None else (Lack.PASSED,)
    if not passed(progress.report):
        return (Lack.PASSED,)
    if step is Step.DONE and progress.written is None:
        return (Lack.WRITTEN,)
    return ()


def proof_lacks(progress: Progress) -> tuple[Lack, ...]:
    """What is missing for the envelope."""
    account = account_of(progress)
    missing = []
    if account.sender is None:
        missing.append(Lack.SENDER)
    if account.recipient is None:
        missing.append(Lack.RECIPIENT)
    return tuple(missing)


def passed(report: Report | None) -> bool:
    """Whether a run has ended well."""
    return report is not None and report.verdict in _FINE


def leaving_loses(progress: Progress) -> bool:
    """Whether something would be gone that the person entered or found out."""
    return progress.written is None and (progress.secret_held or progress.report is not None)


def _form_lacks(progress: Progress) -> list[Lack]:
    account = account_of(progress)
    missing: list[Lack] = []
    if not account.host:
        missing.append(Lack.HOST)
    if not 0 < account.port < 65536:
        missing.append(Lack.PORT)
    if asks_username(progress.provider) and account.username is None and _must_log_in(progress.provider):
        missing.append(Lack.USERNAME)
    if account.username is not None and asks_secret(progress.provider) and not progress.secret_held:
        missing.append(Lack.SECRET)
    return missing


def _must_log_in(provider: Provider | None) -> bool:
    """A server nobody knows, or one on this machine, may take mail without a log-in."""
    return provider is not None and provider.kind != "local" and bool(provider.endpoint)
