"""What is shown where nothing else fits."""

from __future__ import annotations

from textual.widget import Widget

WIDTH = 60
HEIGHT = 18


class TooSmall(Widget):
    """Covers a page on a terminal that is too small for it."""

    def render(self) -> str:
        size = self.screen.size
        return (
            f"smtpwizard needs {WIDTH} columns and {HEIGHT} rows. This window has {size.width} and {size.height}.\n\n"
            "Make it larger; nothing is lost. Ctrl+Q leaves."
        )
