"""A report and its causes, as a person likes to read them."""

from __future__ import annotations

from collections.abc import Collection

from smtpwizard.model.account import Account
from smtpwizard.model.document import CauseDocument, RemedyDocument, ReportDocument
from smtpwizard.model.report import CheckResult
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status
from smtpwizard.model.text import printable
from smtpwizard.output.port_grid import ports_text
from smtpwizard.output.style import COLOURS, paint, wrapped
from smtpwizard.output.time_line import time_line
from smtpwizard.output.words import GLYPHS, STATUS_WORDS, summary

SECURITY_WORDS = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "no encryption"}
_TITLE_WIDTH = 38
_VERDICTS = {
    Status.PASS: "Everything that was tried works.",
    Status.WARN: "It works, with something to know.",
    Status.FAIL: "It does not work yet.",
    Status.ERROR: "A check could not be carried out because of a fault of this program.",
    Status.SKIP: "Nothing was tried.",
}


def heading(account: Account) -> str:
    """What is going to be tested."""
    who = f", as {printable(account.username)}" if account.username else ", without logging in"
    where = paint(f"{printable(account.host)} port {account.port}", bold=True)
    return f"Checking {where} ({SECURITY_WORDS[account.security]}){who}\n"


def check_line(result: CheckResult) -> str:
    """One finished check."""
    status = result.status or Status.SKIP
    word = paint(f"{GLYPHS[status]} {STATUS_WORDS[status]:<8}", COLOURS[status])
    text = summary(result)
    took = "" if status is Status.SKIP else paint(f"  {result.duration_ms:.0f} ms", dim=True)
    indent = " " * 11
    line = f"{word} {paint(result.title, dim=status is Status.SKIP)}{took}"
    return f"{line}\n{paint(wrapped(text, indent), dim=True)}" if text else line


def conclusion(document: ReportDocument) -> str:
    """The verdict, and what to do about it."""
    colour = COLOURS[document.verdict]
    untried = sum(check.status is Status.SKIP for check in document.checks)
    lines = [paint(f"– {untried} further checks were not tried.", COLOURS[Status.SKIP])] if untried else []
    lines += ["", paint(_VERDICTS[document.verdict], colour, bold=True)]
    ports = ports_text(document.checks, document.account.port)
    if ports:
        lines += ["", *ports]
    if document.causes:
        lines.append(causes_text(document.causes, tried={check.id for check in document.checks}))
    elif document.verdict is Status.FAIL:
        lines.append(wrapped("What was seen fits no cause that this program knows. The transcript is in --json."))
    bars = time_line(document.checks, document.duration_ms)
    if bars:
        lines += ["", paint("When each check ran", bold=True), *(paint(bar, dim=True) for bar in bars)]
    return "\n".join(lines)


def causes_text(causes: tuple[CauseDocument, ...], *, tried: Collection[str] = ()) -> str:
    """The likeliest cause in full, and the runner-up in brief. `tried` holds the checks that have been carried out."""
    first, *others = causes
    lines = ["", cause_text(first)]
    if first.decided_by and first.decided_by not in tried:
        lines.append(wrapped(f"The text alone cannot settle this. A live check would: {first.decided_by}.", "  "))
    rivals = [cause for cause in others if cause.confidence >= 0.05][:2]
    if rivals:
        lines.append(paint("Otherwise it may be", bold=True))
        lines.extend(wrapped(f"{rival.title} ({rival.id}, {rival.confidence:.0%})", "    ", "  • ") for rival in rivals)
    return "\n".join(lines)


def cause_text(cause: CauseDocument) -> str:
    """One cause with its reasons and remedies."""
    sure = "known only from the class of the code" if cause.floor else f"{cause.confidence:.0%}"
    lines = [f"{paint(cause.title, bold=True)}  {paint(f'({cause.id}, {sure})', dim=True)}"]
    if cause.explanation:
        lines.append(wrapped(cause.explanation, "  "))
    if cause.because:
        lines.append(wrapped(f"Seen: {'; '.join(cause.because)}", "  "))
    if cause.temporary:
        lines.append("  This may pass by itself.")
    if cause.remedies:
        lines.append(paint("What to do", bold=True))
        for number, remedy in enumerate(cause.remedies[:4], 1):
            lines.extend(remedy_lines(number, remedy))
    return "\n".join(lines)


def remedy_lines(number: int, remedy: RemedyDocument) -> list[str]:
    """One remedy with its steps, commands and links."""
    lines = [wrapped(remedy.text, "     ", f"  {number}. ")]
    lines.extend(wrapped(step, "       ", "     - ") for step in remedy.steps)
    lines.extend(f"     {paint(f'$ {command}', 'cyan')}" for command in remedy.commands)
    lines.extend(f"     {paint(link, 'blue')}" for link in remedy.links)
    return lines
