"""Everything that one check saw."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.report import CheckResult
from smtpwizard.model.text import printable
from smtpwizard.output.evidence.every import describe
from smtpwizard.tui.checks.look import look, took
from smtpwizard.tui.frame.dialog import Dialog
from smtpwizard.tui.plain import PlainStatic


class DetailScreen(Dialog[None]):
    """Lies over the checks until a key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,space,q", "dismiss", "Close", id="close-detail", tooltip="Back to the checks")
    ]

    def __init__(self, result: CheckResult) -> None:
        super().__init__()
        self._result = result

    def compose(self) -> ComposeResult:
        result = self._result
        glyph, word, colour = look(result)
        title = Content.assemble((f"{glyph} {word}", colour), f"  {result.title}  ", (took(result), "$quiet"))
        with Vertical(classes="dialog"):
            yield Static(title, classes="dialog-title", markup=False)
            with VerticalScroll(classes="dialog-text"):
                yield PlainStatic(f"Check {result.id}", classes="quiet")
                if not result.evidence:
                    yield PlainStatic("It saw nothing.", classes="quiet")
                for evidence in result.evidence:
                    yield PlainStatic(describe(evidence) or _kind(evidence), classes="section")
                    for name, value in facts(evidence):
                        yield Static(Content.assemble((f"  {name:<14}", "$quiet"), value), markup=False)
            yield PlainStatic("Escape closes this.", classes="dialog-foot")


def _kind(evidence: AnyEvidence) -> str:
    return str(type(evidence).__struct_config__.tag).replace("_", " ")


def facts(evidence: AnyEvidence) -> list[tuple[str, str]]:
    """Name and value of every field that holds something."""
    shown = []
    for field in msgspec.structs.fields(evidence):
        value = getattr(evidence, field.name)
        if value is None or value == "" or value == ():
            continue
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        shown.append((field.name.replace("_", " "), printable(text)))
    return shown
