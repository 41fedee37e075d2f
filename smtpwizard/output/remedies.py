"""Remedies for the case at hand: those for the provider, with the person's own settings filled in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Cause, Remedy
from smtpwizard.model.smtp import SUBMISSION_PORT, SUBMISSION_PORTS, Security
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import printable
from smtpwizard.model.tool import Tool

if TYPE_CHECKING:
    from smtpwizard.model.evidence.every import AnyEvidence

STEP: Final = 92
"""Characters of a step that tells of several programs."""
ITSELF: Final = (Tool("smtpwizard", "smtpwizard", ()),)
"""Who met an error in the wizard: what other programs call a setting is the business of the export."""
_UNKNOWN = {
    "host": "smtp.example.com",
    "port": str(SUBMISSION_PORT),
    "username": "user@example.com",
    "sender": "user@example.com",
    "domain": "example.com",
}


def remedies_for(
    cause: Cause, provider: str | None, evidence: Iterable[AnyEvidence] = (), named: Collection[str] = ()
) -> tuple[Remedy, ...]:
    """The cause's remedies, those made for the provider first, those for other providers left out.

    Where the signs call for some by name, these come next, and other named ones are left out. What the evidence itself
    shows to help comes before all: the host that was probably meant, a port that answers.
    """
    own = tuple(remedy for remedy in cause.remedy if provider is not None and provider in remedy.provider)
    general = tuple(remedy for remedy in cause.remedy if not remedy.provider)
    called = tuple(remedy for remedy in general if remedy.name in named)
    if called:
        general = called + tuple(remedy for remedy in general if not remedy.name)
    remedies = own + general
    seen = tuple(evidence)
    if not seen:
        return remedies
    others = tuple(remedy for remedy in remedies if not _sets_a_port(remedy))
    open_port = _open_port(seen) if len(others) < len(remedies) else None
    if open_port is not None:
        remedies = (open_port, *others)
    meant = _meant(seen) if cause.stage in {Stage.SETTINGS, Stage.DNS} else None
    return (meant, *remedies) if meant is not None else remedies


def _sets_a_port(remedy: Remedy) -> bool:
    action = remedy.action
    return action is not None and action.kind == "set-endpoint" and action.port is not None and action.host is None


def _meant(evidence: Iterable[AnyEvidence]) -> Remedy | None:
    """To use the host that was probably meant."""
    from smtpwizard.model.evidence.settings import SettingFlaw

    for item in evidence:
        if isinstance(item, SettingFlaw) and item.field == "host" and item.suggestion and item.suggestion.isprintable():
            return Remedy(f"Use the host {item.suggestion}.", action=Action("set-endpoint", host=item.suggestion))
    return None


def _open_port(evidence: Sequence[AnyEvidence]) -> Remedy | None:
    """To use a port that was seen to answer where the account's own does not."""
    from smtpwizard.model.evidence.connect import PortAnswer, Ports

    together = next((item for item in evidence if isinstance(item, Ports) and item.outcome == "another-open"), None)
    if together is None or not together.answering:
        return None
    rank = {port: place for place, port in enumerate(SUBMISSION_PORTS)}
    port = min(together.answering, key=lambda port: (rank.get(port, len(rank)), port))
    speaks = {item.speaks for item in evidence if isinstance(item, PortAnswer) and item.port == port}
    security = Security.TLS if "tls" in speaks else Security.STARTTLS
    how = "TLS from the start" if security is Security.TLS else "STARTTLS"
    return Remedy(
        f"Use port {port} with {how}: it answers from here, and port {{port}} does not.",
        action=Action("set-endpoint", port=port, security=security),
    )


def fill(remedy: Remedy, account: Account | None, printed_by: Collection[Tool] = ()) -> Remedy:
    """The remedy with `{host}` and its like replaced, and what to set in a program among its steps.

    That is in the program that printed the error, where that is known. A secret is never filled in.
    """
    values = _values(account)
    quoted = {key: shlex.quote(value) for key, value in values.items()}
    return msgspec.structs.replace(
        remedy,
        text=_filled(remedy.text, values),
        steps=tuple(_filled(step, values) for step in (*_in_programs(remedy, printed_by), *remedy.steps)),
        programs={},
        commands=tuple(_filled(command, quoted) for command in remedy.commands),
    )


def _in_programs(remedy: Remedy, printed_by: Collection[Tool]) -> list[str]:
    """What to set in the programs, those with the same advice together, several short ones in a step."""
    known = {program for tool in printed_by for program in tool.programs}
    programs = {name: advice for name, advice in remedy.programs.items() if name in known}
    if not programs and all(tool.beneath for tool in printed_by):
        programs = remedy.programs
    names: dict[str, list[str]] = {}
    for name, advice in programs.items():
        names.setdefault(advice, []).append(name)
    steps: list[str] = []
    for advice, those in names.items():
        part = f"{', '.join(those)}: {advice}"
        if steps and len(steps[-1]) + len(part) < STEP:
            steps[-1] += f" {part}"
        else:
            steps.append(part)
    return steps


_PLACE = re.compile(r"\{(host|port|username|sender|domain)\}")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: values[match[1]], text)


def _values(account: Account | None) -> Mapping[str, str]:
    if account is None:
        return _UNKNOWN
    sender = account.sender or account.username or _UNKNOWN["sender"]
    values = {
        "host": account.host,
        "port": str(account.port),
        "username": account.username or _UNKNOWN["username"],
        "sender": sender,
        "domain": sender.rpartition("@")[2] or _UNKNOWN["domain"],
    }
    return {key: printable(value) for key, value in values.items()}
