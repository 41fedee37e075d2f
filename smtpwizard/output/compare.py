"""What differs between two reports of one account, such as the laptop's and the server's, and what that means."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from smtpwizard.model.document import CompareDocument, DifferenceDocument
from smtpwizard.model.evidence.connect import PortAnswer
from smtpwizard.model.evidence.names import Resolution, SystemResolution
from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.report_document import CheckDocument, ReportDocument
from smtpwizard.model.stage import Stage, Status

_GOOD = frozenset({Status.PASS, Status.WARN})

_MEANING = {
    Stage.SETTINGS: "The settings differ or one of them cannot work: compare the two accounts first.",
    Stage.VAULT: "One machine has the secret in its keyring and the other has not.",
    Stage.DNS: "The machines are told different things about the host name: look at resolver, hosts file and VPN.",
    Stage.CONNECT: "The server answers one machine and not the other: a network, a firewall or a hosting company "
    "between them and the server makes the difference, not the account.",
    Stage.GREETING: "Something on one machine's way answers in the server's place, or the server refuses that address.",
    Stage.EHLO: "The server takes the name that one machine gives and not the other's.",
    Stage.STARTTLS: "STARTTLS is offered to one machine and not to the other: something on the way takes it out.",
    Stage.TLS: "The machines see different certificates, or trust different authorities.",
    Stage.AUTH: "The same credentials are taken from one machine and not from the other: the secret was changed on its "
    "way, or the provider allows only some addresses.",
    Stage.MAIL: "The sender is taken from one machine and not from the other.",
    Stage.RCPT: "The recipient is taken from one machine and not from the other: block lists and relay rules go by "
    "address.",
    Stage.DATA: "The message is taken from one machine and not from the other.",
}


def compare(one: ReportDocument, other: ReportDocument) -> CompareDocument:
    """Tell two reports apart."""
    differences = [*_settings(one, other), *_checks(one, other), *_facts(one, other)]
    first = _first_parting(one, other)
    if first is not None:
        meaning = _MEANING.get(first.stage, "One machine gets further than the other.")
    elif differences:
        meaning = "Both come equally far; the details differ."
    else:
        meaning = "The two reports say the same."
    return CompareDocument(
        same=not differences,
        verdicts=(one.verdict, other.verdict),
        first=first.id if first is not None else None,
        meaning=meaning,
        differences=tuple(differences),
    )


def _settings(one: ReportDocument, other: ReportDocument) -> Iterator[DifferenceDocument]:
    mine, theirs = msgspec.to_builtins(one.account), msgspec.to_builtins(other.account)
    for key in mine:
        if mine[key] != theirs[key]:
            yield DifferenceDocument(f"account.{key}", str(mine[key] or ""), str(theirs[key] or ""))


def _checks(one: ReportDocument, other: ReportDocument) -> Iterator[DifferenceDocument]:
    theirs = {check.id: check for check in other.checks}
    for check in one.checks:
        match = theirs.pop(check.id, None)
        if match is None:
            yield DifferenceDocument(check.id, _said(check), "not part of this run")
        elif match.status is not check.status:
            yield DifferenceDocument(check.id, _said(check), _said(match))
    for check in theirs.values():
        yield DifferenceDocument(check.id, "not part of this run", _said(check))


def _facts(one: ReportDocument, other: ReportDocument) -> Iterator[DifferenceDocument]:
    for name, facts in (("addresses", _addresses), ("certificate", _certificate), ("ports", _ports)):
        mine, theirs = facts(one), facts(other)
        if mine and theirs and mine != theirs:
            yield DifferenceDocument(name, mine, theirs)


def _addresses(document: ReportDocument) -> str:
    found = {
        address
        for check in document.checks
        for item in check.evidence
        if isinstance(item, Resolution | SystemResolution)
        for address in item.addresses
    }
    return ", ".join(sorted(found))


def _certificate(document: ReportDocument) -> str:
    found = [item for check in document.checks for item in check.evidence if isinstance(item, Certificate)]
    return f"{found[0].sha256[:16]} issued by {found[0].issuer}" if found else ""


def _ports(document: ReportDocument) -> str:
    found = sorted(
        {
            f"{item.port}/{item.family}: {item.speaks or item.outcome}"
            for check in document.checks
            for item in check.evidence
            if isinstance(item, PortAnswer)
        }
    )
    return ", ".join(found)


def _first_parting(one: ReportDocument, other: ReportDocument) -> CheckDocument | None:
    """The first check that succeeded in one run and was tried in vain in the other."""
    theirs = {check.id: check for check in other.checks}
    for check in sorted(one.checks, key=lambda check: check.start_ms):
        match = theirs.get(check.id)
        if match is not None and {check.status, match.status} & _GOOD and Status.FAIL in {check.status, match.status}:
            return check
    return None


def _said(check: CheckDocument) -> str:
    return f"{check.status}: {check.summary}" if check.summary else str(check.status)
