"""The fields that have something to choose from: the server, and where the secret is kept."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Select, Static

from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.tui.credentials.secret_input import SecretInput
from smtpwizard.tui.credentials.words import secret_title
from smtpwizard.tui.field import LineField, note
from smtpwizard.tui.words import SECURITY, endpoint_words
from smtpwizard.wizard import needs
from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Keeping, Progress

TITLES: Final = {"endpoint": "Server", "security": "Security", "keep": "Keep the secret in"}
KEEPING: Final = {
    Keeping.KEYRING: "The keyring of this machine",
    Keeping.SESSION: "This session only: it is gone when the wizard ends",
    Keeping.VARIABLE: "An environment variable of your own",
    Keeping.COMMAND: "A password manager, whose command prints it",
}
SOURCES: Final = {
    Keeping.VARIABLE: ("Environment variable", "SMTP_PASSWORD"),
    Keeping.COMMAND: ("Command", "pass show mail"),
}
"""What the field is called, and an example."""


def server_fields(progress: Progress, *, practice: bool) -> ComposeResult:
    """One of the provider's places; host, port and security where the person names the server."""
    form, provider, here = progress.form, progress.provider, account_of(progress).endpoint
    if practice:
        yield Static(note(f"Server: {endpoint_words(here)}"), classes="note -shown", markup=False)
        return
    if provider is None or needs.asks_endpoint(provider):
        with Horizontal(id="server"):
            usual = provider.preferred if provider is not None else None
            example = usual.example if usual is not None else "smtp.example.com"
            yield LineField(form.host, "Host", id="host", placeholder=example)
            yield LineField(form.port, "Port", id="port", replaces=True)
            kinds = [(Content(words), security) for security, words in SECURITY.items()]
            security: Select[Security] = Select(kinds, value=form.security, allow_blank=False, id="security")
            security.tooltip = "How the connection is protected"
            yield security
        yield Static(id="note-host", classes="note", markup=False)
        return
    named = (place.endpoint for place in provider.endpoint if not place.is_template)
    places = list(dict.fromkeys([*named, here]))
    choices = [(Content(endpoint_words(place)), place) for place in places]
    endpoint: Select[Endpoint] = Select(choices, value=here, allow_blank=False, id="endpoint")
    yield endpoint


def secret_fields(progress: Progress) -> ComposeResult:
    """The secret, or where the person keeps it: one of both is shown."""
    yield SecretInput(secret_title(progress.provider), held=progress.secret_held, id="secret")
    yield LineField(progress.source, "", id="source")
    yield Static(id="note-secret", classes="note", markup=False)


def keep_field(keeping: Keeping, *, allowed: bool) -> ComposeResult:
    """Where the secret is kept; `allowed` says whether that may be anywhere but in memory."""
    choices = [(Content(words), place) for place, words in KEEPING.items() if allowed or place is Keeping.SESSION]
    value = keeping if allowed else Keeping.SESSION
    keep: Select[Keeping] = Select(choices, value=value, allow_blank=False, id="keep")
    yield keep
    yield Static(id="note-keep", classes="note", markup=False)
