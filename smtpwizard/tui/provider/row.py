"""One line of the list of providers, in columns that follow the width."""

from __future__ import annotations

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

from smtpwizard.model.provider import Provider
from smtpwizard.tui.provider.look import LOOKS

NAME = 25
WIDE_NAME = 36
STATUS = 21
WIDE = 100


class ProviderRow(Visual):
    """Name, status, summary."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        provider = self._provider
        glyph, word, colour = LOOKS[provider.status]
        column = WIDE_NAME if width >= WIDE else NAME
        name = Content(provider.name).truncate(column - 2, ellipsis=True, pad=True)
        summary = Content.styled(provider.summary, "$quiet").truncate(
            max(0, width - column - STATUS - 1), ellipsis=True
        )
        line = Content.assemble(" ", (name.plain, "bold"), "  ", (f"{glyph} {word:<{STATUS - 2}}", colour), summary)
        return line.render_strips(width, 1, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return 1
