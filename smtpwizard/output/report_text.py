"""A report and its causes, as a person likes to read them."""

from __future__ import annotations

from smtpwizard.model.account import Account
from smtpwizard.model.report import CheckResult
from smtpwizard.model.report_document import ReportDocument
from smtpwizard.model.stage import Status
from smtpwizard.model.text import printable
from smtpwizard.output.causes_text import causes_text
from smtpwizard.output.port_grid import ports_text
from smtpwizard.output.style import COLOURS, paint, wrapped
from smtpwizard.output.summary import summary
from smtpwizard.output.time_line import time_line
from smtpwizard.output.words import GLYPHS, SECURITY_WORDS, STATUS_WORDS

_VERDICTS = {
    Status.PASS: "Everything that was tried works.",
    Status.WARN: "It works, with something to know.",
    Status.FAIL: "It does not work yet.",
    Status.ERROR: "A check could not be carried out because of a fault of this program.",
}


def heading(account: Account) -> str:
    """What is going to be tested."""
    who = f", as {printable(account.username)}" if account.username else ", without logging in"
    where = paint(f"{printable(account.host)} port {account.port}", bold=True)
    return f"Checking {where} ({SECURITY_WORDS[account.security]}){who}\n"


def document_text(document: ReportDocument) -> str:
    """A whole report, as it is read when it comes at once."""
    name = f"{paint(document.profile, bold=True)}: " if document.profile else ""
    tried = [check for check in document.checks if check.status is not Status.SKIP]
    lines = [_line(check.status, check.title, check.duration_ms, check.summary) for check in tried]
    return "\n".join([name + heading(document.account), *lines, conclusion(document), ""])


def check_line(result: CheckResult) -> str:
    """One finished check."""
    return _line(result.status or Status.SKIP, result.title, result.duration_ms, summary(result))


def _line(status: Status, title: str, duration_ms: float, text: str) -> str:
    word = paint(f"{GLYPHS[status]} {STATUS_WORDS[status]:<8}", COLOURS[status])
    took = "" if status is Status.SKIP else paint(f"  {duration_ms:.0f} ms", dim=True)
    indent = " " * 11
    line = f"{word} {paint(title, dim=status is Status.SKIP)}{took}"
    return f"{line}\n{paint(wrapped(text, indent), dim=True)}" if text else line


def conclusion(document: ReportDocument) -> str:
    """The verdict, and what to do about it."""
    colour = COLOURS[document.verdict]
    untried = sum(check.status is Status.SKIP for check in document.checks)
    lines = [paint(f"– {untried} further checks were not tried.", COLOURS[Status.SKIP])] if untried else []
    idle = document.verdict is Status.ERROR and untried == len(document.checks)
    verdict = "Nothing was tried." if idle else _VERDICTS[document.verdict]
    lines += ["", paint(verdict, colour, bold=True)]
    ports = ports_text(document.checks, document.account.port)
    if ports:
        lines += ["", *ports]
    if document.causes:
        evidence = [item for check in document.checks for item in check.evidence]
        lines.append(causes_text(document.causes, evidence=evidence))
    elif document.verdict is Status.FAIL:
        lines.append(wrapped("What was seen fits no cause that this program knows. The transcript is in --json."))
    bars = time_line(document.checks, document.duration_ms)
    if bars:
        lines += ["", paint("When each check ran", bold=True), *(paint(bar, dim=True) for bar in bars)]
    return "\n".join(lines)
