from __future__ import annotations

import shlex
import sys
import threading
import webbrowser
from pathlib import Path

import pytest

from smtpwizard.net.browser import open_page

URL = "https://mail.test/app-passwords?a=b&c"
PATIENT = 10.0


@pytest.fixture(autouse=True)
def a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a screen, whose browsers are looked for anew."""
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "_tryorder", None)
    monkeypatch.setattr(webbrowser, "_browsers", {})


def command(code: str, *arguments: str) -> str:
    return shlex.join([sys.executable, "-c", code, *arguments])


async def test_a_program_that_would_be_waited_for_is_not_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    monkeypatch.setenv("BROWSER", command("import sys; open(sys.argv[1], 'w')", str(started), "%s"))
    assert not open_page(URL)
    assert not started.exists()


def test_a_browser_is_started_without_this_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "told"
    code = "import sys; print('noise'); print('noise', file=sys.stderr); open(sys.argv[1], 'w').write(sys.argv[2])"
    monkeypatch.setenv("BROWSER", command(code, str(told), "%s") + " &")
    assert open_page(URL)
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join(PATIENT)
    assert told.read_text() == URL
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_without_a_screen_there_is_no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not open_page(URL)
