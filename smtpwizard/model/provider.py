"""What is known of a mail provider."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from smtpwizard.model.smtp import Endpoint, Security

if TYPE_CHECKING:
    from smtpwizard.model.secret import Secret


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fact was read, and when."""

    url: str
    checked: datetime.date
    of: str | None = None
    """Which facts, where the source does not bear out the whole entry."""
    grade: Literal["verified", "recalled", "conflicting"] = "verified"
    """Whether the source was read, is known by hearsay, or is contradicted by another."""


_EXAMPLES = {"domain": "example.com", "region": "us-ashburn-1", "tenant": "contoso-com"}


class ProviderEndpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place where the provider takes submissions."""

    host: str
    """A name; or one with a place to fill: `{domain}`, `{region}` or `{tenant}`."""
    port: int
    security: Security
    preferred: bool = False
    region: str | None = None
    grade: Literal["verified", "recalled", "conflicting"] = "verified"

    @property
    def endpoint(self) -> Endpoint:
        """Host, port and security."""
        return Endpoint(self.host, self.port, self.security)

    @property
    def is_template(self) -> bool:
        """Whether the host has a place that only the person can fill, as `mail.{domain}` has."""
        return "{" in self.host

    @property
    def example(self) -> str:
        """A host of this form."""
        return self.host.format_map(_EXAMPLES) if self.is_template else self.host


UsernameForm = Literal[
    "any",
    "api-key",
    "email",
    "email-or-localpart",
    "email-or-none",
    "literal",
    "localpart",
    "none",
    "project-id",
    "sender-address",
    "smtp-login",
    "token",
    "username",
]


class Username(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider wants as user name."""

    form: UsernameForm
    literal: str | None = None
    """The very word, such as `apikey`."""
    note: str | None = None
    pattern: str | None = None
    """Regular expression for the whole name, where what differs is certainly another one."""


class Lookalike(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another secret of the same provider that people paste by mistake."""

    pattern: str
    is_: str = msgspec.field(name="is")
    """What it is, in words: `the account password`."""


class SecretRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The kind of secret that the provider takes."""

    kind: str
    """Such as `app-password`, `api-key`, `smtp-password`, `oauth2-only`, `none`."""
    pattern: str | None = None
    """Regular expression for the whole secret, after `spaces` has been applied. What differs is another secret."""
    spaces: Literal["strip", "keep"] = "keep"
    """`strip`: shown in groups, the spaces are no part of it."""
    note: str | None = None
    lookalike: tuple[Lookalike, ...] = ()
    usual: str | None = None
    """Like `pattern`, where it is not certain: what fits is most likely right, and what differs may be right too."""


class GuideStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step to getting the secret."""

    text: str
    link: str | None = None
    done: str | None = None
    """How the person sees that the step is done."""
    missing: str | None = None
    """What to do when the page or the button is not there, and why that happens."""
    command: str | None = None
    """A line to copy into a shell."""


class OAuth(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """OAuth 2.0 facts (RFC 6749, RFC 8628)."""

    authorize: str | None = None
    token: str | None = None
    device: str | None = None
    scopes: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    mechanism: str | None = None
    note: str | None = None


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sending limit."""

    what: str
    """Such as `messages a day`, `recipients a message`, `MB a message`."""
    value: str
    note: str | None = None


class HttpsApi(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The provider's way of taking mail over HTTPS, for networks that block mail ports."""

    url: str
    auth: str | None = None
    env: tuple[str, ...] = ()


class SendingDns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sending domain publishes for this provider."""

    spf_include: str | None = None
    dkim_selectors: tuple[str, ...] = ()


class Notice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that changes, or changed, on a day."""

    date: datetime.date
    text: str


ProviderKind = Literal["mailbox", "transactional", "relay", "local"]
ProviderStatus = Literal["works", "needs-preparation", "password-ended", "no-smtp"]


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mail provider, and how to submit mail to it."""

    name: str
    kind: ProviderKind
    status: ProviderStatus
    checked: datetime.date
    source: tuple[Source, ...]
    username: Username
    secret: SecretRule
    id: str = ""
    """The file's name; never written in the file."""
    rank: int = 1000
    """Place in lists: the most used providers come first. 1 is the first."""
    summary: str = ""
    """One sentence for the list: whom it suits, or what it needs."""
    status_note: str | None = None
    instead: str | None = None
    """What to do where SMTP is not to be had."""
    aliases: tuple[str, ...] = ()
    """Other names people search for."""
    domains: tuple[str, ...] = ()
    """Domains of its mail addresses."""
    mx_suffixes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Host suffixes that give it away in banners and pasted text, besides those of the endpoints."""
    words: tuple[str, ...] = ()
    """Phrases and link hosts that only this provider's replies contain."""
    mechanisms: tuple[str, ...] = ()
    """SASL mechanisms, preferred first."""
    endpoint: tuple[ProviderEndpoint, ...] = ()
    guide: tuple[GuideStep, ...] = ()
    prerequisites: tuple[str, ...] = ()
    from_rule: str | None = None
    quirks: tuple[str, ...] = ()
    limit: tuple[Limit, ...] = ()
    notice: tuple[Notice, ...] = ()
    oauth: OAuth | None = None
    api: HttpsApi | None = None
    dns: SendingDns | None = None
    docs: str | None = None
    status_page: str | None = None

    @property
    def preferred(self) -> ProviderEndpoint | None:
        """The endpoint to begin with; None for a provider whose host the person names, or that has no SMTP."""
        return next((e for e in self.endpoint if e.preferred), self.endpoint[0] if self.endpoint else None)


def tidied(secret: Secret, provider: Provider | None, *, typed: bool) -> Secret:
    """The secret without spaces that are no part of it: all of them where the provider shows it in groups.

    Else those at its ends go from what a person typed or pasted. Where a variable, a command or a pipe gives it, they
    stay: a program that reads it there would send them too.
    """
    if provider is not None and provider.secret.spaces == "strip":
        return secret.without_spaces()
    return secret.trimmed() if typed else secret
