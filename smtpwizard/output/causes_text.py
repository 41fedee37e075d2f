"""Causes and what to do about them, as a person likes to read them."""

from __future__ import annotations

from collections.abc import Collection

from smtpwizard.model.document import CauseDocument, RemedyDocument
from smtpwizard.output.style import paint, wrapped


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
