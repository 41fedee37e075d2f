"""Providers, as a person likes to read them: the list, and the page of one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from smtpwizard.model.provider import GuideStep, Limit, Provider, ProviderEndpoint, ProviderStatus, UsernameForm
from smtpwizard.output.style import paint, wrapped
from smtpwizard.output.words import SECURITY_WORDS, secret_words

STATUS: Final[dict[ProviderStatus, tuple[str, str]]] = {
    "works": ("works", "green"),
    "needs-preparation": ("needs preparation", "yellow"),
    "password-ended": ("no passwords", "red"),
    "no-smtp": ("no SMTP", "bright_black"),
}
"""Word and colour of a status; the same words as in the wizard's list."""
_STALE: Final = datetime.timedelta(days=366)
_MOST_NAMES: Final = 12
"""As many domains as are written out; some providers have a hundred."""
_USERNAMES: Final[dict[UsernameForm, str]] = {
    "any": "anything",
    "api-key": "an API key",
    "literal": "a word that is always the same",
    "email": "the full address",
    "email-or-localpart": "the full address, or what stands before the @",
    "email-or-none": "the full address, or none",
    "localpart": "what stands before the @",
    "none": "none",
    "project-id": "the project’s id",
    "sender-address": "the address that mail comes from",
    "smtp-login": "the SMTP login",
    "token": "the token",
    "username": "the user name",
}


def list_line(provider: Provider, id_width: int, name_width: int) -> str:
    """One line of the list."""
    word, colour = STATUS[provider.status]
    name = paint(f"{provider.name:<{name_width}}", bold=True)
    return f"{provider.id:<{id_width}}  {name}  {paint(word, colour)}"


def provider_page(provider: Provider, today: datetime.date) -> str:
    """Everything known of one provider: first what to do, then what for, and where it was read."""
    word, colour = STATUS[provider.status]
    checked = paint(f"({provider.id}, checked {provider.checked})", dim=True)
    lines = [f"{paint(provider.name, bold=True)}: {paint(word, colour)} {checked}"]
    lines.extend(wrapped(text) for text in (provider.summary,) if text)
    if today - provider.checked > _STALE:
        lines += ["", wrapped("This was looked at more than a year ago: pages may have moved, and rules changed.")]
    for text in filter(None, (provider.status_note, provider.instead)):
        lines += ["", wrapped(text)]
    if provider.notice:
        lines += _titled("Dates", (f"{notice.date}: {notice.text}" for notice in provider.notice), mark="! ")
    if provider.guide:
        lines += ["", paint("What to do", bold=True)]
        lines.extend(line for number, step in enumerate(provider.guide, 1) for line in _step(number, step))
    lines += _titled("What it takes", provider.prerequisites)
    if provider.endpoint:
        lines += ["", paint("What to fill in", bold=True), *_settings(provider)]
    lines += _titled("Good to know", provider.quirks)
    lines += _titled(f"Limits ({when_read(provider, 'limit')})", map(limit_words, provider.limit))
    lines += _titled("OAuth 2.0, in place of a password", _oauth(provider))
    lines += _titled("Where mail ports are blocked: its HTTPS API", _api(provider))
    lines += _titled("Records of a domain that sends through it", _dns(provider))
    lines += _titled("Recognised by", _recognised(provider))
    lines += _titled("Its own pages", filter(None, (provider.docs, provider.status_page)), wrap=False)
    lines += ["", paint("Sources", bold=True)]
    for source in provider.source:
        lines.append(f"  • {source.url}")
        of = f"{source.of}: " if source.of else ""
        lines.append(paint(wrapped(f"{of}{_GRADES[source.grade]}, {source.checked}", "    "), dim=True))
    return "\n".join(lines)


_GRADES: Final = {
    "verified": "read there",
    "recalled": "from general knowledge, not read there",
    "conflicting": "sources disagree",
}


def _titled(title: str, texts: Iterable[str], *, mark: str = "• ", wrap: bool = True) -> list[str]:
    lines = [wrapped(text, "    ", f"  {mark}") if wrap else f"  {mark}{text}" for text in texts]
    return ["", paint(title, bold=True), *lines] if lines else []


def _step(number: int, step: GuideStep) -> Iterator[str]:
    yield wrapped(step.text, "     ", f"{number:>3}. ")
    if step.link:
        # Neither this nor a command is ever wrapped: they are copied whole.
        yield f"     {paint(step.link, 'blue')}"
    if step.command:
        yield f"     > {step.command}"
    if step.done:
        yield wrapped(f"Done when: {step.done}", "       ", "     ✓ ")
    if step.missing:
        yield wrapped(f"Stuck: {step.missing}", "       ", "     ? ")


def _settings(provider: Provider) -> Iterator[str]:
    label = "  Server     "
    places: dict[tuple[str, str | None], list[ProviderEndpoint]] = {}
    for place in provider.endpoint:
        places.setdefault((place.host, place.region), []).append(place)
    for (host, region), group in places.items():
        where = f" ({region})" if region and region not in host else ""
        ports = "; ".join(_port(place, doubted=provider.kind != "local") for place in group)
        such = f", such as {group[0].example}" if group[0].is_template else ""
        yield wrapped(f"{host}{where}{such}: {ports}", " " * len(label), label)
        label = " " * len(label)
    form = provider.username
    name = f"The word {form.literal}" if form.literal else _begun(_USERNAMES[form.form])
    yield wrapped(form.note or name, "             ", "  User name  ")
    kind, note = secret_words(provider.secret.kind), provider.secret.note or ""
    said = kind.casefold() in note.partition(".")[0].casefold().replace("-", " ") or "oauth2" in provider.secret.kind
    yield wrapped(
        note if note and said else ". ".join(filter(None, (_begun(kind), note))), "             ", "  Password   "
    )
    if provider.mechanisms:
        yield wrapped(", ".join(provider.mechanisms), "             ", "  Log-in by  ")
    if provider.from_rule:
        yield wrapped(provider.from_rule, "             ", "  From       ")


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _port(place: ProviderEndpoint, *, doubted: bool) -> str:
    doubt = (
        {"verified": "", "recalled": "not verified", "conflicting": "sources disagree"}[place.grade] if doubted else ""
    )
    notes = "; ".join(filter(None, ("take this" if place.preferred else "", doubt)))
    return f"port {place.port} with {SECURITY_WORDS[place.security]}{f' ({notes})' if notes else ''}"


def limit_words(limit: Limit) -> str:
    """A sending limit, in words."""
    return f"{limit.value} {limit.what}{f' ({limit.note})' if limit.note else ''}"


def when_read(provider: Provider, fact: str) -> str:
    """When a fact was read, and how far it is to be trusted."""
    named = [source for source in provider.source if source.of and fact in source.of.split(", ")]
    if not named:
        return f"as of {provider.checked}"
    latest = max(named, key=lambda source: source.checked)
    doubt = "" if latest.grade == "verified" else f", {_GRADES[latest.grade].removesuffix(' there')}"
    return f"as of {latest.checked}{doubt}"


def _oauth(provider: Provider) -> Iterator[str]:
    oauth = provider.oauth
    if oauth is None:
        return
    for title, text in (
        ("Sign-in", oauth.authorize),
        ("Token", oauth.token),
        ("Device code", oauth.device),
        ("Scopes", ", ".join(oauth.scopes)),
        ("Flows", ", ".join(flow.replace("-", " ") for flow in oauth.flows)),
        ("Mechanism", oauth.mechanism),
    ):
        if text:
            yield f"{title}: {text}"
    if oauth.note:
        yield oauth.note


def _api(provider: Provider) -> Iterator[str]:
    if provider.api is not None:
        yield provider.api.url
        if provider.api.auth:
            yield f"Log-in: {provider.api.auth}"
        if provider.api.env:
            yield f"Usual variables: {', '.join(provider.api.env)}"


def _dns(provider: Provider) -> Iterator[str]:
    if provider.dns is not None:
        if provider.dns.spf_include:
            yield f"SPF: include:{provider.dns.spf_include}"
        if provider.dns.dkim_selectors:
            yield f"DKIM selectors: {', '.join(provider.dns.dkim_selectors)}"


def _recognised(provider: Provider) -> Iterator[str]:
    if provider.domains:
        yield f"addresses at {_some(provider.domains)}"
    if provider.mx_suffixes:
        yield f"domains whose mail goes to {_some(provider.mx_suffixes)}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f", and {more} more" if more > 0 else "")
