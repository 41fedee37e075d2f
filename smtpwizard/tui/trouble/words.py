"""What the troubleshooter says."""

from __future__ import annotations

from typing import assert_never

from textual.content import Content

from smtpwizard.model.account import Account
from smtpwizard.model.cause import Action, Remedy
from smtpwizard.model.smtp import Security
from smtpwizard.model.tree import Probe
from smtpwizard.wizard.flow import deed

SECURITY = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "no encryption"}


def deed_words(action: Action) -> str:
    """What the program does when a remedy is chosen."""
    match action.kind:
        case "set-endpoint":
            parts = [f"host {action.host}"] if action.host else []
            parts += [f"port {action.port}"] if action.port is not None else []
            parts += [SECURITY[action.security]] if action.security is not None else []
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


def remedy_content(remedy: Remedy) -> Content:
    """A remedy with its steps, commands and pages, and what choosing it does."""
    lines = [Content(remedy.text)]
    lines += [Content.assemble(("· ", "$quiet"), step) for step in remedy.steps]
    lines += [Content.assemble(("$ ", "$quiet"), (command, "$accent")) for command in remedy.commands]
    lines += [Content.styled(link, "$primary underline") for link in remedy.links]
    action = deed(remedy)
    if action is not None:
        lines.append(Content.styled(f"→ {deed_words(action)}", "$primary"))
    return Content("\n").join(lines)


def probe_words(probe: Probe, account: Account) -> str:
    """What is being tried."""
    port = probe.port if probe.port is not None else account.port
    security = SECURITY[probe.security or account.security]
    return f"Trying {account.host}, port {port}, with {security} …"


def sureness(confidence: float, *, floor: bool) -> str:
    """How sure the finding is, in words."""
    if floor:
        return "all that the code says"
    if confidence >= 0.85:
        return "almost certain"
    return "most likely" if confidence >= 0.6 else "possible"
