"""Whether the settings can work at all, before anything is dialled."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

import msgspec

from smtpwizard.checks.typo import nearest
from smtpwizard.model.account import Account
from smtpwizard.model.check import Check, Context, Record, Verdict
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret, SecretFlaw
from smtpwizard.model.smtp import SUBMISSION_PORT, Mechanism, Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import literal_address, printable, redact_credentials

_SCHEME = re.compile(r"(?i)^[a-z][a-z0-9+.-]*://")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)", re.UNICODE)
_QUOTES = "\"'`‘’“”„«»"
_SPACE = re.compile(r"\s|[\u00a0\u200b-\u200d\u2060\ufeff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SWAPPED = re.compile(r"(?i)^(?:smpt|stmp|smtb|mstp|smtps|smttp|smtp\.smtp)\.")
_TLD = {".con": ".com", ".cmo": ".com", ".ocm": ".com", ".comm": ".com", ".nte": ".net", ".ogr": ".org"}
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}")

HOPELESS = frozenset(
    {
        "empty",
        "scheme-in-host",
        "path-in-host",
        "port-in-host",
        "address-in-host",
        "blank",
        "quoted",
        "control-character",
        "not-a-host-name",
        "port-out-of-range",
        "not-an-address",
    }
)
"""Flaws with which there is no use in dialling."""

_FATAL_SECRET = frozenset({SecretFlaw.EMPTY, SecretFlaw.TOO_LONG, SecretFlaw.LINE_BREAK})


async def _run(context: Context, record: Record) -> Verdict:
    status = Status.PASS
    for flaw in _settings(context.account, context.provider, context.known_hosts):
        record(_without_secret(flaw, context.secret))
        status = _worse(status, Status.FAIL if flaw.flaw in HOPELESS else Status.WARN)
    for flaw in _ehlo(context.options.ehlo_name):
        record(flaw)
        status = _worse(status, Status.WARN)
    if context.secret is not None and context.account.username is not None:
        token = context.account.mechanism in {Mechanism.XOAUTH2, Mechanism.OAUTHBEARER}
        for evidence in _secret(context.secret, None if token else context.provider):
            record(evidence)
            if isinstance(evidence, SecretFlawed):
                fatal = evidence.flaw in _FATAL_SECRET
                status = _worse(status, Status.FAIL if fatal else Status.WARN)
            elif not evidence.matches:
                status = _worse(status, Status.WARN)
    return Verdict(status)


def _without_secret(flaw: SettingFlaw, secret: Secret | None) -> SettingFlaw:
    """The flaw as it may be shown: what was pasted into a setting may be, or hold, the secret."""
    value, suggestion = redact_credentials(flaw.value), flaw.suggestion
    if secret is not None:
        value = secret.redact(value)
        suggestion = secret.redact(suggestion) if suggestion is not None else None
    return msgspec.structs.replace(flaw, value=value, suggestion=suggestion)


def _worse(one: Status, other: Status) -> Status:
    return other if one is Status.PASS or other is Status.FAIL else one


def _settings(account: Account, provider: Provider | None, known_hosts: tuple[str, ...]) -> Iterator[SettingFlaw]:
    yield from _host(account.host, known_hosts)
    if not 0 < account.port < 65536:
        better = [e.port for e in provider.endpoint if e.preferred] if provider else [SUBMISSION_PORT]
        yield SettingFlaw("port", "port-out-of-range", str(account.port), next(map(str, better), None))
    expected = Security.registered_for(account.port)
    if expected is not None and expected is not account.security and not is_local(account.host):
        yield SettingFlaw("security", "unusual-for-port", f"{account.port} {account.security}", expected)
    if account.username is not None:
        yield from _username(account.username, provider)
    for field, value in (("from", account.sender), ("to", account.recipient)):
        if value is not None and (not _ADDRESS.fullmatch(value) or _CONTROL.search(value)):
            yield SettingFlaw(field, "not-an-address", printable(value, limit=200), _bare_address(value))


def _ehlo(name: str | None) -> Iterator[SettingFlaw]:
    """What servers refuse of the name that a client gives itself (RFC 5321, section 4.1.4 lets them)."""
    if name is None or name.startswith("["):
        return
    bare = name.rstrip(".").casefold()
    if literal_address(bare) is not None:
        yield SettingFlaw("ehlo", "ehlo-bare-address", name, f"[{name}]")
    elif bare in {"localhost", "localhost.localdomain"}:
        yield SettingFlaw("ehlo", "ehlo-localhost", name)
    elif "." not in bare:
        yield SettingFlaw("ehlo", "ehlo-not-qualified", name)
    elif not all(re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", label) for label in bare.split(".")):
        yield SettingFlaw("ehlo", "ehlo-not-a-host-name", name)


def _host(host: str, known_hosts: tuple[str, ...]) -> Iterator[SettingFlaw]:
    shown = printable(host, limit=200)
    if not host.strip():
        yield SettingFlaw("host", "empty", shown)
        return
    bare = _SCHEME.sub("", host.strip()).strip(_QUOTES).partition("/")[0].rpartition("@")[2]
    bare = _SPACE.sub("", bare)
    name, colon, port = bare.rpartition(":")
    if colon and port.isdecimal() and ":" not in name:
        bare = name
    if _SCHEME.match(host.strip()):
        yield SettingFlaw("host", "scheme-in-host", shown, bare)
    elif "@" in host:
        yield SettingFlaw("host", "address-in-host", shown)
    elif any(quote in host for quote in _QUOTES):
        yield SettingFlaw("host", "quoted", shown, bare)
    elif "/" in host:
        yield SettingFlaw("host", "path-in-host", shown, bare)
    elif _CONTROL.search(host):
        yield SettingFlaw("host", "control-character", shown, bare)
    elif _SPACE.search(host):
        yield SettingFlaw("host", "blank", shown, bare)
    elif literal_address(host) is None and re.fullmatch(r"[^:]+:\d{1,5}", host):
        yield SettingFlaw("host", "port-in-host", shown, bare)
    elif literal_address(host) is None and not all(_LABEL.fullmatch(label) for label in host.rstrip(".").split(".")):
        near = nearest(host, known_hosts)
        yield SettingFlaw("host", "not-a-host-name", shown, near.host if near is not None and near.sure else None)
    elif host.rstrip(".").casefold() not in known_hosts:
        yield from _typo(host, shown, known_hosts)


def _typo(host: str, shown: str, known_hosts: tuple[str, ...]) -> Iterator[SettingFlaw]:
    near = nearest(host, known_hosts)
    ending = next((wrong for wrong in _TLD if host.lower().endswith(wrong)), None)
    if near is not None and near.sure:
        yield SettingFlaw("host", "typo", shown, near.host)
    elif _SWAPPED.match(host):
        yield SettingFlaw("host", "typo", shown, _SWAPPED.sub("smtp.", host))
    elif ending is not None:
        yield SettingFlaw("host", "typo", shown, host[: -len(ending)] + _TLD[ending])


def _username(username: str, provider: Provider | None) -> Iterator[SettingFlaw]:
    shown = printable(username, limit=200)
    if _CONTROL.search(username):
        yield SettingFlaw("username", "control-character", shown)
    elif not username:
        yield SettingFlaw("username", "empty", shown)
    elif username != username.strip():
        yield SettingFlaw("username", "outer-space", shown, username.strip())
    if provider is None:
        return
    form = provider.username
    if form.form == "literal" and form.literal is not None and username != form.literal:
        yield SettingFlaw("username", "not-the-literal", shown, form.literal)
    elif form.form in {"email", "sender-address"} and "@" not in username:
        yield SettingFlaw("username", "no-address", shown)
    elif form.pattern is not None and not re.fullmatch(form.pattern, username.strip()):
        yield SettingFlaw("username", "other-shape", shown)


def _secret(secret: Secret, provider: Provider | None) -> Iterator[SecretFlawed | SecretShape]:
    rule = provider.secret if provider is not None else None
    for flaw in secret.flaws():
        yield SecretFlawed(flaw)
    if rule is None or not secret:
        return
    bare = secret.without_spaces() if rule.spaces == "strip" else secret
    if any(bare.matches(shape) for shape in (rule.pattern, rule.usual) if shape is not None):
        yield SecretShape(rule.kind, matches=True)
        return
    looks_like = next((other.is_ for other in rule.lookalike if bare.matches(other.pattern)), None)
    if rule.pattern is not None or looks_like is not None:
        yield SecretShape(rule.kind, matches=False, looks_like=looks_like)


def is_local(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.rstrip(".").casefold() in {"localhost", "localhost.localdomain"}:
        return True
    literal = literal_address(host)
    return literal is not None and ipaddress.ip_address(literal).is_loopback


def _bare_address(value: str) -> str | None:
    found = _ADDRESS.search(value)
    return found[0] if found else None


CHECK = Check(id="settings.lint", title="settings can work", stage=Stage.SETTINGS, run=_run)
