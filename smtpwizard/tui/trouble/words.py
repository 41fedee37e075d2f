"""What the troubleshooter says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from textual.content import Content
from textual.widget import Widget

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Finding, Remedy
from smtpwizard.model.report import Report
from smtpwizard.model.stage import Status
from smtpwizard.model.tree import Probe
from smtpwizard.output.evidence.every import fact_words
from smtpwizard.output.summary import summary
from smtpwizard.output.words import SECURITY_WORDS
from smtpwizard.tui.hanging import Hanging
from smtpwizard.tui.plain import PlainStatic
from smtpwizard.wizard.changes import deed


def deed_words(action: Action) -> str:
    """What the program does when a remedy is chosen."""
    match action.kind:
        case "set-endpoint":
            parts = [f"host {action.host}"] if action.host else []
            parts += [f"port {action.port}"] if action.port is not None else []
            parts += [SECURITY_WORDS[action.security]] if action.security is not None else []
            return f"Take {', '.join(parts)} and test again"
        case "switch-mechanism":
            return f"Log in by {action.mechanism} and test again"
        case "enter-secret":
            return "Go to the password"
        case "enter-username":
            return "Go to the user name"
        case "enter-sender":
            return "Go to the sender's address"
        case "open-page":
            return "Open the page"
        case "copy-command":
            return "Copy the command"
        case "wait":
            minutes = action.minutes or 5
            return f"Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, then test again"
        case "re-test":
            return "Test again"
        case "unlock-keyring":
            return "Unlock the keyring, then test again"
    assert_never(action.kind)


def remedy_lines(remedy: Remedy) -> Iterator[Widget]:
    """A remedy with its steps, commands and pages, and what choosing it does."""
    yield PlainStatic(remedy.text)
    for step in remedy.steps:
        yield Hanging("·", step)
    for command in remedy.commands:
        yield Hanging("$", Content.styled(command, "$accent"))
    for link in remedy.links:
        yield PlainStatic(link, classes="link")
    action = deed(remedy)
    if action is not None:
        yield PlainStatic(f"→ {deed_words(action)}", classes="deed")


def seen_words(report: Report, finding: Finding) -> str:
    """What the checks saw of a cause: the words themselves, where a check of its stage failed."""
    failed = [result for result in report.checks if result.status in {Status.FAIL, Status.WARN}]
    same = [result for result in failed if result.stage is finding.stage] or failed
    said = summary(same[0]) if same else ""
    return said or fact_words("; ".join(finding.because), (item for _, item in report.evidence()))


def probe_words(probe: Probe, account: Account) -> str:
    """What is being tried."""
    port = probe.port if probe.port is not None else account.port
    security = SECURITY_WORDS[probe.security or account.security]
    return f"Trying {account.host}, port {port}, with {security} …"


def sureness(confidence: float, *, floor: bool) -> str:
    """How sure the finding is, in words."""
    if floor:
        return "all that the code says"
    if confidence >= 0.85:
        return "almost certain"
    return "most likely" if confidence >= 0.6 else "possible"
