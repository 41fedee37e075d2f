"""Colour and width for terminals; neither where there is none."""

from __future__ import annotations

import os
import sys
import textwrap

from smtpwizard.model.stage import Status

COLOURS = {
    Status.PASS: "green",
    Status.WARN: "yellow",
    Status.FAIL: "red",
    Status.SKIP: "bright_black",
    Status.ERROR: "magenta",
}


def coloured() -> bool:
    """Whether standard output takes colours (NO_COLOR, TERM=dumb and pipes are honoured)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
    """The text, coloured where that can be seen."""
    if not coloured():
        return text
    # The wizard, which uses words of this layer, needs nothing else of it.
    import click

    return click.style(text, fg=colour, bold=bold or None, dim=dim or None)


def width() -> int:
    """Columns to write in."""
    columns = os.environ.get("COLUMNS", "")
    if not columns.isdecimal():
        try:
            columns = str(os.get_terminal_size(sys.__stdout__.fileno()).columns)  # type: ignore[union-attr]
        except (AttributeError, OSError, ValueError):
            # No terminal, or standard output is closed.
            columns = "100"
    return max(40, min(100, int(columns) or 100))


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """The text in lines of the terminal's width."""
    return textwrap.fill(
        text,
        width=width(),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
