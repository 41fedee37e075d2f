"""Causes and what to do about them, as a person likes to read them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from smtpwizard.model.document import CauseDocument, RemedyDocument
from smtpwizard.output.style import paint, wrapped

if TYPE_CHECKING:
    from smtpwizard.model.evidence.every import AnyEvidence

REMEDIES = 4
"""Remedies that are shown of a cause; its page shows them all."""


def causes_text(causes: Sequence[CauseDocument], *, evidence: Collection[AnyEvidence] = ()) -> str:
    """The likeliest cause in full, and the runners-up in brief.

    `evidence` is what checks saw, where any were carried out: then they are what makes sure.
    """
    first, *others = causes
    lines = ["", cause_text(first, evidence)]
    if first.sure and not evidence:
        lines += [paint("How to be sure", bold=True), wrapped(first.sure, "  ")]
    rivals = [cause for cause in others if cause.confidence >= 0.05][:2]
    if rivals:
        lines.append(paint("Otherwise it may be", bold=True))
    for rival in rivals:
        lines.append(wrapped(f"{rival.title} ({rival.id}, {rival.confidence:.0%})", "    ", "  • "))
        if rival.sure:
            lines.append(paint(wrapped(rival.sure, "    "), dim=True))
    return "\n".join(lines)


_FACT = re.compile(r"[a-z][a-z-]*:[a-z][a-z-]*")


def cause_text(cause: CauseDocument, evidence: Collection[AnyEvidence] = ()) -> str:
    """One cause with its reasons and remedies."""
    sure = "known only from the class of the code" if cause.floor else f"{cause.confidence:.0%}"
    lines = [f"{paint(cause.title, bold=True)}  {paint(f'({cause.id}, {sure})', dim=True)}"]
    if cause.explanation:
        lines.append(wrapped(cause.explanation, "  "))
    if cause.because:
        reasons = cause.because
        if evidence:
            from smtpwizard.output.evidence.every import fact_words

            reasons = tuple(fact_words(reason, evidence) for reason in reasons)
        else:
            # A pasted text shows facts without the evidence that would word them.
            reasons = tuple(
                reason.replace(":", ": ").replace("-", " ") if _FACT.fullmatch(reason) else reason for reason in reasons
            )
        lines.append(wrapped(f"Seen: {'; '.join(dict.fromkeys(reasons))}", "  "))
    if cause.temporary:
        lines.append("  This may pass by itself.")
    if cause.remedies:
        lines.append(paint("What to do", bold=True))
        for number, remedy in enumerate(cause.remedies[:REMEDIES], 1):
            lines.extend(remedy_lines(number, remedy))
        if len(cause.remedies) > REMEDIES:
            lines.append(paint(f"  More of it: smtpwizard explain {cause.id}", dim=True))
    return "\n".join(lines)


def remedy_lines(number: int, remedy: RemedyDocument) -> list[str]:
    """One remedy with its steps, commands and links."""
    lines = [wrapped(remedy.text, "     ", f"  {number}. ")]
    lines.extend(wrapped(step, "       ", "     - ") for step in remedy.steps)
    lines.extend(f"     {paint(f'{prompt(command)} {command}', 'cyan')}" for command in remedy.commands)
    lines.extend(f"     {paint(link, 'blue')}" for link in remedy.links)
    return lines


_POWERSHELL = re.compile(r"[A-Z][a-z]+-[A-Z]|\$env:|w32tm\b")


def prompt(command: str) -> str:
    """What a shell shows before a command: it tells PowerShell's commands from those of a Unix shell."""
    return "PS>" if _POWERSHELL.match(command) else "$"
