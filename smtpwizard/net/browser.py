"""The person's browser, which must neither take over this terminal, nor write to it, nor keep us waiting."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import webbrowser


def open_page(url: str) -> bool:
    """Open a web page in the person's browser; False where there is none that would not take over this terminal."""
    import threading
    import webbrowser

    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser:
        # A program that is waited for: a text browser, or one that nothing is known of.
        return False
    threading.Thread(target=_show, args=(browser, url), name="browser", daemon=True).start()
    return True


def _show(browser: webbrowser.BaseBrowser, url: str) -> None:
    import subprocess
    import webbrowser
    from contextlib import suppress

    with suppress(OSError, webbrowser.Error):
        if isinstance(browser, webbrowser.BackgroundBrowser):
            # The library would let it write to this terminal.
            subprocess.run(  # noqa: S603 - the browser that the person or the system has chosen
                [browser.name, *(argument.replace("%s", url) for argument in browser.args)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                check=False,
            )
        else:
            browser.open(url)
