"""One step of a guide."""

from __future__ import annotations

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from smtpwizard.model.provider import GuideStep
from smtpwizard.model.text import printable


class StepView(Widget, can_focus=True):
    """Number and text; while it has the focus also how to see that it is done, and what to do when it cannot be."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "screen.walk(1)", show=False),
        Binding("up,k", "screen.walk(-1)", show=False),
    ]

    def __init__(self, number: int, step: GuideStep) -> None:
        super().__init__(id=f"step-{number}")
        self.step = step
        self._number = number

    def render(self) -> RenderResult:
        step = self.step
        parts = [Content(printable(step.text))]
        if step.link:
            # To the terminal it is one link, however it is wrapped here.
            parts.append(Content.styled(step.link, "$primary underline").stylize(Style(link=step.link)))
        if step.command:
            parts.append(Content.assemble(("> ", "$quiet"), (printable(step.command), "bold")))
        if self.has_focus or self.screen.has_class("-tall"):
            if step.done:
                parts.append(Content.assemble(("✓ Done when: ", "$success"), (printable(step.done), "$quiet")))
            if step.missing:
                parts.append(Content.assemble(("? Stuck: ", "$warning"), (printable(step.missing), "$quiet")))
        return Content("\n").join(parts)

    def on_focus(self) -> None:
        self.refresh(layout=True)

    def on_blur(self) -> None:
        self.refresh(layout=True)
