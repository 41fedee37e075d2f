from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import pytest

from smtpwizard.export.plan import plan
from smtpwizard.export.write import write
from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.secret import Secret
from tests.export.accounts import SECRET, TARGETS, account

GENERIC = TARGETS["generic"]


def test_a_new_file_is_private_and_whole(tmp_path: Path) -> None:
    made = plan(GENERIC, account(), SECRET, tmp_path / ".env")
    written = write(made)
    assert written.created
    assert written.private
    assert written.path.read_text() == made.text
    assert os.stat(written.path).st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == [".env"]


def test_a_name_may_be_as_long_as_the_file_system_lets_it(tmp_path: Path) -> None:
    path = tmp_path / ("設" * 85)
    write(plan(GENERIC, account(), SECRET, path))
    assert os.listdir(tmp_path) == [path.name]


def test_an_existing_file_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0o644)
    assert not write(plan(GENERIC, account(), SECRET, path)).created
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("A=1\n")


def test_a_link_stays_and_its_file_is_written(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / ".env"
    real.write_text("A=1\n")
    link.symlink_to(real)
    write(plan(GENERIC, account(), SECRET, link))
    assert link.is_symlink()
    assert "SMTP_HOST" in real.read_text()


def test_a_file_that_changed_since_the_preview_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    made = plan(GENERIC, account(), SECRET, path)
    path.write_text("A=2\n")
    with pytest.raises(UsageError, match="has changed"):
        write(made)
    assert path.read_text() == "A=2\n"


def test_a_file_that_appeared_since_the_preview_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    made = plan(GENERIC, account(), SECRET, path)
    path.write_text("A=2\n")
    with pytest.raises(UsageError, match="has changed"):
        write(made)


def test_a_plan_with_refusals_or_without_path_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no secret"):
        write(plan(GENERIC, account(), Secret(""), tmp_path / ".env"))
    with pytest.raises(UsageError, match="no file"):
        write(plan(GENERIC, account(), SECRET, None))
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("step", "number", "words"),
    [
        ("fsync", errno.ENOSPC, "no space left"),
        ("fsync", errno.EIO, "cannot be accessed"),
        ("replace", errno.EACCES, "may not be accessed"),
        ("replace", errno.EROFS, "cannot be written to"),
    ],
)
def test_a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else(
    step: str, number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    made = plan(GENERIC, account(), SECRET, path)

    def fail(*arguments: Any, **options: Any) -> NoReturn:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(CannotRunError, match=words):
        write(made)
    assert path.read_text() == "A=1\n"
    assert os.listdir(tmp_path) == [".env"]


def test_an_interrupt_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    made = plan(GENERIC, account(), SECRET, path)
    monkeypatch.setattr(os, "fsync", lambda handle: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        write(made)
    assert path.read_text() == "A=1\n"
    assert os.listdir(tmp_path) == [".env"]


@pytest.mark.real
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root on Linux")
def test_a_really_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    program = (
        "import os, sys; from pathlib import Path\n"
        "from smtpwizard.export.plan import plan; from smtpwizard.export.write import write\n"
        "from smtpwizard.model.errors import CannotRunError\n"
        "from tests.export.accounts import SECRET, TARGETS, account\n"
        "path = Path(sys.argv[1]) / '.env'; path.write_text('A=1\\n' * 4000)\n"
        "made = plan(TARGETS['generic'], account(), SECRET, path)\n"
        "try: write(made)\n"
        "except CannotRunError as error: print(error)\n"
        "assert path.read_text() == 'A=1\\n' * 4000 and os.listdir(path.parent) == ['.env']\n"
    )
    script = 'mount -t tmpfs -o size=24k none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", str(tmp_path), sys.executable, program],
        capture_output=True,
        text=True,
        check=False,
    )
    if "mount" in done.stderr:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert "no space left" in done.stdout
