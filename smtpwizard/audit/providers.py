"""Rules for providers."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec

from smtpwizard.audit.fault import UNWRITTEN, Audited, fault
from smtpwizard.model.document import FaultDocument
from smtpwizard.model.provider import Provider, ProviderEndpoint, SecretRule, Username
from smtpwizard.model.smtp import Mechanism, Security

_WITHOUT_ENDPOINT: Final = {"custom", "console"}
"""The person names the host, or none is needed."""
_UNRANKED: Final = 1000
_LONGEST_SUMMARY: Final = 70
_LABEL: Final = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_SELECTOR: Final = re.compile(rf"(?=.{{1,253}}$)(?:{_LABEL}\.)*{_LABEL}", re.ASCII | re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"\{\w+\}")
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}
_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_SECRET_KINDS: Final = frozenset(
    {
        "account-or-app-password",
        "account-password",
        "api-key",
        "api-secret",
        "api-token",
        "app-password",
        "authorization-code",
        "bridge-password",
        "client-secret",
        "mailbox-or-client-password",
        "mailbox-password",
        "none",
        "oauth2-only",
        "oauth2-or-password",
        "secure-mail-key",
        "smtp-key",
        "smtp-password",
        "smtp-password-or-oauth2",
        "smtp-token",
        "token",
    }
)
_FACTS: Final = (
    "api",
    "dns",
    "domains",
    "endpoint",
    "from_rule",
    "guide",
    "limit",
    "mechanisms",
    "mx_suffixes",
    "notice",
    "oauth",
    "prerequisites",
    "quirks",
    "secret",
    "username",
)
"""Keys that some source must bear out."""


def providers_are_complete(audited: Audited) -> Iterator[FaultDocument]:
    """A provider that works says where and how; one that does not says what to do instead."""
    for provider in audited.knowledge.providers.values():
        file = _file(provider)
        for key in sorted(_unwritten(provider)):
            yield fault("complete", file, "", "is still to be written", key)
        if not provider.summary.strip():
            yield fault("complete", file, "", "is empty", "summary")
        elif len(provider.summary) > _LONGEST_SUMMARY:
            yield fault("complete", file, "", f"is longer than {_LONGEST_SUMMARY} characters", "summary")
        if not provider.source:
            yield fault("complete", file, "", "is empty", "source")
        if provider.status in {"no-smtp", "password-ended"}:
            if not provider.instead:
                yield fault("complete", file, "", "says nothing of what to do instead", "instead")
            if not provider.status_note:
                yield fault("complete", file, "", "does not say why", "status_note")
        if provider.status == "no-smtp":
            if provider.endpoint:
                yield fault("complete", file, "", "is there although there is no SMTP", "endpoint")
        elif not provider.endpoint and provider.id not in _WITHOUT_ENDPOINT:
            yield fault("complete", file, "", "is empty", "endpoint")
        if provider.status == "needs-preparation" and not (provider.status_note or provider.prerequisites):
            yield fault("complete", file, "", "neither this nor prerequisites says what is needed", "status_note")
        yield from _guide(provider, file)


def providers_can_be_dialled(audited: Audited) -> Iterator[FaultDocument]:
    """Endpoints are well formed, each is there once, and the one to begin with comes first."""
    for provider in audited.knowledge.providers.values():
        file = _file(provider)
        if provider.endpoint:
            if sum(endpoint.preferred for endpoint in provider.endpoint) != 1:
                yield fault("complete", file, "endpoint", "exactly one must be preferred", "preferred")
            elif not provider.endpoint[0].preferred:
                yield fault("order", file, "endpoint", "the preferred one must come first", "preferred")
        seen: set[tuple[str, int, Security]] = set()
        for number, endpoint in enumerate(provider.endpoint):
            for key, problem in _endpoint(provider, endpoint):
                yield fault("complete", file, f"endpoint[{number}]", problem, key)
            place = (endpoint.host, endpoint.port, endpoint.security)
            if place in seen:
                yield fault("complete", file, f"endpoint[{number}]", "is there twice", "host")
            seen.add(place)
        known = {mechanism.value for mechanism in Mechanism}
        for name in provider.mechanisms:
            if name not in known:
                yield fault("complete", file, "", f"{name} is no known mechanism", "mechanisms")
        if provider.oauth is not None and provider.oauth.mechanism not in {None, *known}:
            yield fault("complete", file, "oauth", f"{provider.oauth.mechanism} is no known mechanism", "mechanism")


def secrets_are_told_apart(audited: Audited) -> Iterator[FaultDocument]:
    """The kind of a secret is known, its shapes are regular expressions, a word that is always the same is given."""
    for provider in audited.knowledge.providers.values():
        file, secret = _file(provider), provider.secret
        if secret.kind not in _SECRET_KINDS:
            yield fault("complete", file, "secret", f"{secret.kind} is no known kind", "kind")
        if secret.kind == "none" and (secret.pattern or secret.usual or secret.lookalike):
            yield fault("complete", file, "secret", "has a shape although there is none", "kind")
        if secret.pattern and secret.usual:
            yield fault("complete", file, "secret", "there is a certain shape already", "usual")
        shapes = [("username", "pattern", provider.username.pattern), ("secret", "pattern", secret.pattern)]
        shapes += [("secret", "usual", secret.usual)]
        shapes += [("secret", "pattern", other.pattern) for other in secret.lookalike]
        for entry, key, pattern in shapes:
            if pattern is None:
                continue
            try:
                re.compile(pattern)
            except re.error as error:
                yield fault("complete", file, entry, f"is no regular expression: {error}", key)
            if pattern.startswith("^") or pattern.endswith("$"):
                yield fault("complete", file, entry, "always stands for the whole: no anchors", key)
        if (provider.username.form == "literal") != (provider.username.literal is not None):
            yield fault("complete", file, "username", "is given with the form `literal`, and only then", "literal")


def providers_are_dated(audited: Audited) -> Iterator[FaultDocument]:
    """Every fact has a source that was looked at on a day that has been."""
    today = datetime.datetime.now(datetime.UTC).date()
    keys = {field.encode_name for field in msgspec.structs.fields(Provider)}
    for provider in audited.knowledge.providers.values():
        file = _file(provider)
        if provider.checked > today:
            yield fault("dated", file, "", "is in the future", "checked")
        named: set[str] = set()
        for number, source in enumerate(provider.source):
            if source.checked > today:
                yield fault("dated", file, f"source[{number}]", "is in the future", "checked")
            elif source.checked > provider.checked:
                yield fault("dated", file, "", f"is before that of source[{number}]", "checked")
            for key in _FACTS if source.of is None else source.of.split(", "):
                named.add(key)
                if key not in keys:
                    yield fault("dated", file, f"source[{number}]", f"{key} is no key of a provider", "of")
        for key in _FACTS:
            value = getattr(provider, key)
            if isinstance(value, Username | SecretRule):
                value = value.note
            if provider.source and value and key not in named:
                yield fault("dated", file, "", "no source bears it out", key)


def links_lead_somewhere(audited: Audited) -> Iterator[FaultDocument]:
    """Links are whole, go over HTTPS, and domains are bare names."""
    for provider in audited.knowledge.providers.values():
        file = _file(provider)
        for entry, key, link in _links(provider):
            parts = urlsplit(link)
            host = _PLACEHOLDER.sub("x", parts.hostname or "")
            if parts.scheme != "https" or not _DOMAIN.fullmatch(host) or re.search(r"\s", link):
                yield fault("links", file, entry, f"{link!r} is no whole https address", key)
        for key in ("domains", "mx_suffixes", "hosts"):
            for name in getattr(provider, key):
                if not _DOMAIN.fullmatch(name):
                    yield fault("links", file, "", f"{name!r} is no bare domain name in lower case", key)
        if provider.dns is not None:
            include = provider.dns.spf_include
            if include and not _SELECTOR.fullmatch(include.replace("_", "a")):
                yield fault("links", file, "dns", f"{include!r} is no domain name", "spf_include")
            for selector in provider.dns.dkim_selectors:
                if not _SELECTOR.fullmatch(selector.replace("_", "a")):
                    yield fault("links", file, "dns", f"{selector!r} is no DKIM selector", "dkim_selectors")
        if provider.api is not None:
            for name in provider.api.env:
                if not _VARIABLE.fullmatch(name):
                    yield fault("links", file, "api", f"{name!r} is no name of a variable", "env")


def providers_are_told_apart(audited: Audited) -> Iterator[FaultDocument]:
    """What gives a provider away gives one away: names, ranks, domains, words of replies."""
    owners: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for provider in audited.knowledge.providers.values():
        owners["name", provider.name].append(provider.id)
        if provider.rank < _UNRANKED:
            owners["rank", str(provider.rank)].append(provider.id)
        for key in ("domains", "hosts", "words"):
            for name in getattr(provider, key):
                owners[key, name].append(provider.id)
    for (key, name), ids in owners.items():
        for provider_id in ids[1:]:
            other = "itself" if provider_id == ids[0] else ids[0]
            yield fault("told apart", f"providers/{provider_id}.toml", "", f"{name!r} belongs to {other} already", key)


def _file(provider: Provider) -> str:
    return f"providers/{provider.id}.toml"


def _unwritten(provider: Provider) -> Iterator[str]:
    for field in msgspec.structs.fields(provider):
        if UNWRITTEN in str(msgspec.to_builtins(getattr(provider, field.name))):
            yield field.encode_name
    if not provider.name.strip():
        yield "name"


def _guide(provider: Provider, file: str) -> Iterator[FaultDocument]:
    if not provider.guide:
        yield fault("complete", file, "", "is empty", "guide")
    elif not any(step.done for step in provider.guide):
        yield fault("complete", file, "guide", "no step says how one sees that it is done", "done")
    elif provider.status == "needs-preparation" and not any(step.missing for step in provider.guide):
        yield fault("complete", file, "guide", "no step says what to do when it is not there", "missing")
    for number, step in enumerate(provider.guide, 1):
        for key, text in (("text", step.text), ("done", step.done), ("missing", step.missing)):
            if text is not None and not text.strip():
                yield fault("complete", file, f"guide[{number}]", "is empty", key)


def _endpoint(provider: Provider, endpoint: ProviderEndpoint) -> Iterator[tuple[str, str]]:
    host = re.sub(r"\{(?:domain|region|tenant)\}", "x", endpoint.host)
    if host not in _LOOPBACK and not _DOMAIN.fullmatch(host):
        yield "host", f"{endpoint.host!r} is no host name"
    if not 0 < endpoint.port < 65536:
        yield "port", "is no port"
    usual = Security.registered_for(endpoint.port) or endpoint.security
    if endpoint.preferred and endpoint.security is not usual:
        yield "security", f"port {endpoint.port} stands for {usual}: prefer another one"
    if endpoint.preferred and endpoint.security is Security.NONE and host not in _LOOPBACK:
        yield "security", "what is preferred must be encrypted"


def _links(provider: Provider) -> Iterable[tuple[str, str, str]]:
    for number, step in enumerate(provider.guide, 1):
        if step.link is not None:
            yield f"guide[{number}]", "link", step.link
    for number, source in enumerate(provider.source):
        yield f"source[{number}]", "url", source.url
    for key in ("docs", "status_page"):
        link = getattr(provider, key)
        if link is not None:
            yield "", key, link
    if provider.oauth is not None:
        for key in ("authorize", "token", "device"):
            link = getattr(provider.oauth, key)
            if link is not None:
                yield "oauth", key, link
    if provider.api is not None:
        yield "api", "url", provider.api.url
