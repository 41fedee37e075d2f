"""Between an account and the values of a target's variables, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from smtpwizard.export.security import possible
from smtpwizard.export.template import fill, take_apart
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import SUBMISSION_PORT, Security, read_port
from smtpwizard.model.target import Target, TypedValues, Variable
from smtpwizard.model.text import printable

_LOGIN: Final = frozenset({"username", "password"})


@dataclass(frozen=True, slots=True, repr=False)
class Setting:
    """What is to become of one variable."""

    variable: Variable
    value: str | None
    """None: the line must not be there."""
    hides: bool
    """Whether the value holds the secret."""

    def __repr__(self) -> str:
        return f"Setting({self.variable.name})"


def settings(target: Target, account: Account, secret: Secret | None) -> tuple[Setting, ...]:
    """What to write for an account. Variables that nothing is known for are not among them."""
    password = secret.reveal() if secret is not None and account.username is not None else None
    values: dict[str, str | None] = {
        "host": account.host,
        "port": str(account.port),
        "user": account.username,
        "password": password,
        "from": account.sender,
        "mechanism": account.mechanism,
        "domain": account.sender.rpartition("@")[2] if account.sender else None,
        "to": account.recipient,
    }
    found = []
    for variable in target.variable:
        template = variable.template(account.security)
        value = None if template is None else fill(template, values, percent_encoded=variable.percent_encoded)
        # A line that stays away by itself is left alone, unless it would say something else than was tested.
        if value is not None or template is None or variable.holds in _LOGIN:
            holds_secret = value == password or "{password}" in (template or "")
            hides = value is not None and password is not None and holds_secret
            found.append(Setting(variable, value, hides))
    return tuple(found)


def typed_flaw(typed: TypedValues, value: str) -> str | None:
    """What the program would turn this value into, as the end of a sentence; None where it stays text."""
    lower = value.casefold()
    if lower in typed.nothing:
        return "no value at all"
    if lower in typed.words:
        return "true or false instead of text"
    if typed.numbers and value.isdecimal():
        return "a number"
    if typed.outer_quotes and len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return "the same without the quotes at its ends"
    return None


@dataclass(frozen=True, slots=True)
class Understood:
    """What the variables of a file say."""

    account: Account
    secret: Secret | None
    missing: tuple[str, ...]
    """Names of variables that are not there and matter."""
    securities: tuple[Security, ...]
    """Every security that the lines can mean; more than one where the program makes no difference."""
    warnings: tuple[str, ...] = ()


def differences(understood: Understood, account: Account, secret: Secret | None) -> tuple[str, ...]:
    """In what a file says something else than was tested: names of fields, never values."""
    read = understood.account
    found = {
        "host": read.host != account.host,
        "port": read.port != account.port,
        "security": account.security not in understood.securities,
        "user name": read.username != account.username,
        "secret": account.username is not None and understood.secret != secret,
        "from": account.sender is not None and read.sender is not None and read.sender != account.sender,
    }
    return tuple(name for name, differs in found.items() if differs)


def understand(target: Target, found: Mapping[str, str]) -> Understood:
    """Read an account from the variables of a file.

    Raises:
        UsageError: there is no host, the port is no port, or the security contradicts itself.
    """
    texts, missing, warnings = _texts(target, found)
    values = _values(target, texts)
    host = values.get("host", "").strip()
    if not host:
        names = " or ".join(v.name for v in (*target.holding("host"), *target.holding("url")))
        raise UsageError(f"{names} is not set, so the file does not say which server to use.")
    port = _port(target, values)
    securities = _securities(target, texts, port)
    username = values.get("user") or None
    password = values.get("password") or None
    if username is not None and password is None:
        missing = (*missing, *(v.name for v in target.holding("password") if v.name not in missing))
    told = values.get("from", "").strip()
    sender = address_in(told) if "<" in told else told
    account = Account(host, port, securities[0], username=username, sender=sender or None)
    secret = Secret(password) if password is not None and username is not None else None
    return Understood(account, secret, missing, securities, warnings)


def address_in(text: str) -> str:
    """The address of `Name <address>`, or of an address alone; empty where there is none."""
    try:
        return parseaddr(text)[1]
    except RecursionError:
        # Comments within comments, deeper than in any address.
        return ""


def _texts(target: Target, found: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Each variable's value or default, the names of required ones that are missing, and what is odd."""
    texts: dict[str, str] = {}
    missing: list[str] = []
    warnings: list[str] = []
    for variable in target.variable:
        value = next((found[name] for name in variable.names if name in found), None)
        if value is not None:
            value = _as_typed(target.typed, value)
        if value is not None and variable.holds == "superseded":
            warnings.append(f"{variable.name} is set. {variable.note or ''}".strip())
        if value is None:
            if variable.required:
                missing.append(variable.name)
            # A sender that the program makes up is no part of the account.
            value = None if variable.holds == "from_address" else variable.default
        if value is not None and variable.holds in {"driver", "enabled"} and value.casefold() != _constant(variable):
            warnings.append(
                f"{variable.name} is {printable(value, limit=60)!r}: {target.name} sends over SMTP only with "
                f"{variable.value!r}."
            )
        if value is not None:
            texts[variable.name] = value
    return texts, tuple(missing), tuple(warnings)


def _as_typed(typed: TypedValues, value: str) -> str | None:
    if value.casefold() in typed.nothing:
        return None
    if typed.outer_quotes and len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def _constant(variable: Variable) -> str:
    return (variable.value or "").casefold()


def _values(target: Target, texts: Mapping[str, str]) -> dict[str, str]:
    """What stands for each placeholder."""
    values: dict[str, str] = {}
    for variable in target.variable:
        text = texts.get(variable.name)
        if text is None or variable.holds in {"security", "driver", "enabled", "other", "superseded"}:
            continue
        for security in Security:
            template = variable.template(security)
            parts = template and take_apart(template, text, percent_encoded=variable.percent_encoded)
            if parts:
                for name, value in parts.items():
                    values.setdefault(name, value)
                break
    return values


def _port(target: Target, values: Mapping[str, str]) -> int:
    text = values.get("port", "").strip()
    names = " or ".join(v.name for v in (*target.holding("port"), *target.holding("url")))
    if not text and not target.holding("port"):
        return SUBMISSION_PORT
    port = read_port(text)
    if port is None:
        said = f"is {printable(text, limit=60)!r}, which is no port" if text else "is not set"
        raise UsageError(f"{names} {said}. A port is a number from 1 to 65535.")
    return port


def _securities(target: Target, texts: Mapping[str, str], port: int) -> tuple[Security, ...]:
    for variable in target.holding("url"):
        text = texts.get(variable.name, "")
        found = tuple(
            security
            for security in Security
            if (template := variable.template(security)) is not None
            and take_apart(template, text, percent_encoded=variable.percent_encoded) is not None
        )
        if found:
            return found
    securities = possible(target, texts, port)
    if not securities:
        said = ", ".join(
            f"{v.name}={printable(texts[v.name], limit=40)}" for v in target.holding("security") if v.name in texts
        )
        raise UsageError(f"{said}: {target.name} has no meaning for this. {_meanings(target)}")
    return securities


def _meanings(target: Target) -> str:
    lines = []
    for security, words in ((Security.TLS, "TLS"), (Security.STARTTLS, "STARTTLS"), (Security.NONE, "no encryption")):
        told = [
            f"{variable.name}={text}" if (text := variable.template(security)) is not None else f"no {variable.name}"
            for variable in target.holding("security")
        ]
        lines.append(f"{words} is {' with '.join(told)}")
    return "; ".join(lines) + "."
