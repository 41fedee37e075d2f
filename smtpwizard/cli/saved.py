"""What commands do with a saved account beyond its options: fetch the secret, remember a test."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import click
import msgspec

from smtpwizard.cli.accounts import Request, read_request
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.errors import SmtpWizardError, UsageError
from smtpwizard.model.profile import InKeyring, LastTest
from smtpwizard.model.report_document import ReportDocument


def with_secret(request: Request) -> Request:
    """The request with the secret that the keyring has for it, for what cannot go without.

    Raises:
        CannotRunError: the keyring does not give it.
    """
    if request.saved is None or request.options.vault_name is None:
        return request
    place = request.saved.profile.secret
    if not isinstance(place, InKeyring):
        return request
    from smtpwizard.net.vault import KeyringVault
    from smtpwizard.profiles.keeping import load

    secret = asyncio.run(load(KeyringVault(), request.saved.name, place))
    return replace(request, secret=secret, options=replace(request.options, vault_name=None))


def read_requests(knowledge: Knowledge, given: dict[str, Any]) -> list[Request]:
    """What the options say for each profile that they name. Everything is read before anything is tested.

    Raises:
        UsageError: a profile cannot be used, or an option cannot be for several.
    """
    if given["password_stdin"]:
        raise UsageError("--password-stdin is for one account. Each profile says where its secret is.")
    requests = []
    for name in dict.fromkeys(given["profiles"]):
        try:
            requests.append(read_request(knowledge, {**given, "profiles": (name,), "no_input": True}))
        except UsageError as error:
            said = str(error)
            raise UsageError(said if name in said else f"Profile {name}: {said}") from None
    return requests


def note_test(request: Request, document: ReportDocument) -> None:
    """Remember a run of all checks with a profile as it is. That it cannot be remembered is no failure."""
    saved = request.saved
    if saved is None or not request.as_saved:
        return
    from smtpwizard.profiles.folder import ProfileFolder

    try:
        ProfileFolder().note(saved, LastTest(document.started, document.verdict))
    except SmtpWizardError as error:
        click.echo(f"Note: the result is not remembered with the profile {saved.name}. {error}", err=True)


def of_profile(request: Request, document: ReportDocument) -> ReportDocument:
    """The report with the name of the profile that it is about."""
    return document if request.saved is None else msgspec.structs.replace(document, profile=request.saved.name)
