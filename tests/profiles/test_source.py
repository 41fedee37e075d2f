from __future__ import annotations

import asyncio
import os
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from smtpwizard.model.errors import UsageError
from smtpwizard.model.profile import FromCommand, InVariable
from smtpwizard.model.secret import Secret
from smtpwizard.profiles import source
from smtpwizard.profiles.source import fetched, from_command, from_variable


def command(code: str) -> str:
    """A command that runs this Python."""
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


async def soon(happens: Callable[[], bool]) -> bool:
    """Whether it happens within some seconds."""
    for _ in range(1000):
        if happens():
            return True
        await asyncio.sleep(0.01)
    return False


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_variable_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", " hunter2 ")
    assert from_variable("MINE") == Secret(" hunter2 ")


@pytest.mark.parametrize("name", ["NOT_SET_ANYWHERE", "", "a\x1b[31m"])
async def test_a_variable_that_is_not_set_is_named(name: str) -> None:
    with pytest.raises(UsageError, match="is not set") as told:
        await fetched(InVariable(name))
    assert str(told.value).isprintable()


async def test_of_what_a_command_prints_the_first_line_counts() -> None:
    printing = command(r"print('hunter2\r\nsecond')")
    assert await fetched(FromCommand(printing)) == from_command(printing) == Secret("hunter2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (command("print('hunter2'); raise SystemExit(3)"), "ended with status 3"),
        (command("import os; os.kill(os.getpid(), 9)"), "ended with status -9"),
        (command("pass"), "printed nothing"),
        (command("import sys; sys.stdout.buffer.write(b'\\xff\\n')"), "is not UTF-8"),
        ("/nowhere/at-all", "cannot be run: No such file or directory"),
        ("it's", "No closing quotation"),
        ("  ", "is empty"),
        ("a\0b", "holds a NUL"),
    ],
)
async def test_a_command_that_gives_no_secret_is_a_sentence(text: str, said: str) -> None:
    for waiting in (fetched(FromCommand(text)), asyncio.to_thread(from_command, text)):
        with pytest.raises(UsageError, match=said) as told:
            await waiting
        assert "hunter2" not in str(told.value)


async def test_a_command_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(source, "COMMAND_SECONDS", 0.5)
    endless = command("import signal; signal.pause()")
    with pytest.raises(UsageError, match="did not end"):
        await fetched(FromCommand(endless))
    with pytest.raises(UsageError, match="did not end"):
        from_command(endless)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("then", ["wait", "echo hunter2"])
async def test_what_a_command_leaves_behind_holds_nothing_up(monkeypatch: pytest.MonkeyPatch, then: str) -> None:
    monkeypatch.setattr(source, "COMMAND_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(UsageError, match="did not end"):
        await fetched(FromCommand(f"sh -c 'sleep 20 & {then}'"))
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
async def test_a_command_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    there = tmp_path / "pid"
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(fetched(FromCommand(f"sh -c 'echo $$ > {there}; exec sleep 20'")))
        assert await soon(lambda: there.exists() and there.read_text().strip() != "")
        waiting.cancel()
    assert await soon(lambda: not is_alive(int(there.read_text())))


def test_a_backslash_separates_folders_on_windows() -> None:
    text = r'"C:\Program Files\Bitwarden\bw.exe" get C:\keys\mail'
    assert source._words(text, "win32") == [r"C:\Program Files\Bitwarden\bw.exe", "get", r"C:\keys\mail"]
    assert source._words(r"echo a\ b #c", "linux") == ["echo", "a b", "#c"]


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
async def test_a_command_has_no_terminal_to_ask_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPG_TTY", "/dev/pts/0")
    code = "import os; print(os.environ.get('GPG_TTY'), os.getsid(0) == os.getpid(), os.isatty(0))"
    assert await fetched(FromCommand(command(code))) == Secret("None True False")
