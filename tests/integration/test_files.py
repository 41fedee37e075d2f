from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.parts import processes
from tests.integration.parts.requirement import require

PASSWORD = "correct-horse-4711"
OLD = "# kept\nOTHER=1\nSMTP_HOST=old.example.test\n"
KILLS = 12


def command(path: Path, *more: str) -> list[str]:
    words = [sys.executable, "-m", "smtpwizard", "export", "--for", "generic", "-o", str(path), "--yes", "--no-input"]
    words += [
        "--host",
        "mail.example.test",
        "--port",
        "587",
        "--security",
        "starttls",
        "--username",
        "ann@example.test",
    ]
    return [*words, "--password-env", "EXPORT_PASSWORD", *more]


def environment() -> dict[str, str]:
    return {**os.environ, "EXPORT_PASSWORD": PASSWORD}


def export(path: Path, *before: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*before, *command(path)], capture_output=True, text=True, timeout=60, env=environment(), check=False
    )
    assert PASSWORD not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def mounted(path: Path, options: str) -> Iterator[None]:
    """A file system in memory at `path`."""
    require(processes.missing("mount", "mount", "umount", root=True))
    tried = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", path], capture_output=True, text=True, check=False
    )
    if tried.returncode != 0:
        require(f"no file system can be mounted here: {tried.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True, capture_output=True)


def test_a_new_file_is_private_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    previous = os.umask(0)
    try:
        done = export(path)
    finally:
        os.umask(previous)
    assert done.returncode == 0, done.stderr
    assert f"SMTP_PASSWORD={PASSWORD}" in path.read_text()
    assert mode(path) == 0o600
    assert os.listdir(tmp_path) == [".env"]


def test_what_was_there_stays_and_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(OLD)
    path.chmod(0o644)
    done = export(path)
    assert done.returncode == 0, done.stderr
    assert path.read_text().startswith("# kept\nOTHER=1\nSMTP_HOST=mail.example.test\n")
    assert mode(path) == 0o600
    assert "0644" in done.stderr
    assert os.listdir(tmp_path) == [".env"]


def test_a_second_export_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert export(path).returncode == 0
    first = path.read_bytes()
    assert export(path).returncode == 0
    assert path.read_bytes() == first


def test_a_link_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "settings", tmp_path / ".env"
    real.write_text(OLD)
    link.symlink_to(real)
    done = export(link)
    assert done.returncode == 0, done.stderr
    assert "is a link" in done.stderr
    assert link.is_symlink()
    assert "SMTP_HOST=mail.example.test" in real.read_text()
    assert mode(real) == 0o600
    assert os.listdir(real.parent) == ["settings"]


def test_a_link_to_nowhere_and_a_link_to_itself_are_told(tmp_path: Path) -> None:
    nowhere, itself = tmp_path / "nowhere", tmp_path / "itself"
    nowhere.symlink_to(tmp_path / "none" / ".env")
    itself.symlink_to(itself)
    for path, words in ((nowhere, "does not exist"), (itself, "leads back to itself")):
        done = export(path)
        assert done.returncode in {2, 3}
        assert words in done.stderr
        assert path.is_symlink()


def test_a_folder_a_device_and_a_pipe_are_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path, "is a folder"), (Path(os.devnull), "no regular"), (tmp_path / "pipe", "no regular")):
        done = export(path)
        assert done.returncode == 2
        assert words in done.stderr
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_file_without_a_folder_is_told(tmp_path: Path) -> None:
    done = export(tmp_path / "none" / ".env")
    assert done.returncode == 2
    assert "does not exist" in done.stderr


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


@contextmanager
def open_to_all(tmp_path: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """A folder that anyone may reach, and what starts a command as a person who is not root."""
    if os.geteuid() != 0:
        yield tmp_path, ()
        return
    require(processes.missing("util-linux", "setpriv"))
    with processes.server_folder("export") as folder:
        yield folder, ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.mark.real
def test_a_folder_that_may_not_be_written_to_keeps_its_file(tmp_path: Path) -> None:
    with open_to_all(tmp_path) as (folder, as_someone):
        path = folder / ".env"
        path.write_text(OLD)
        path.chmod(0o644)
        folder.chmod(0o555)
        done = export(path, *as_someone)
        folder.chmod(0o755)
        assert done.returncode == 3, done.stderr
        assert "may not be accessed" in done.stderr
        assert path.read_text() == OLD
        assert os.listdir(folder) == [".env"]


@pytest.mark.real
def test_a_file_that_may_not_be_read_is_kept(tmp_path: Path) -> None:
    with open_to_all(tmp_path) as (folder, as_someone):
        path = folder / ".env"
        path.write_text(OLD)
        path.chmod(0o000)
        folder.chmod(0o777)
        done = export(path, *as_someone)
        assert done.returncode in {2, 3}, done.stderr
        assert "is not readable" in done.stderr
        path.chmod(0o600)
        assert path.read_text() == OLD


def test_a_read_only_file_in_a_folder_of_ones_own_is_replaced_and_stays_private(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(OLD)
    path.chmod(0o400)
    done = export(path)
    assert done.returncode == 0, done.stderr
    assert mode(path) == 0o600
    assert "SMTP_HOST=mail.example.test" in path.read_text()


@pytest.mark.real
def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    with mounted(tmp_path, "size=16k"):
        path = tmp_path / ".env"
        path.write_text(OLD)
        with pytest.raises(OSError, match="No space"):
            fill(tmp_path / "filling")
        done = export(path)
        assert done.returncode == 3, done.stderr
        assert "no space left" in done.stderr
        assert path.read_text() == OLD
        assert sorted(os.listdir(tmp_path)) == [".env", "filling"]


@pytest.mark.real
def test_a_file_system_that_is_read_only_keeps_the_old_file(tmp_path: Path) -> None:
    with mounted(tmp_path, "size=64k"):
        path = tmp_path / ".env"
        path.write_text(OLD)
        subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)
        done = export(path)
        assert done.returncode == 3, done.stderr
        assert "cannot be written to" in done.stderr
        assert path.read_text() == OLD


LOOP = """
import sys
from pathlib import Path
from smtpwizard.export.plan import plan
from smtpwizard.export.write import write
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security

target = load_knowledge().targets["generic"]
path = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    account = Account(f"host-{number % 2}.example.test", 587, Security.STARTTLS, username="ann@example.test")
    write(plan(target, account, Secret("correct-horse-4711"), path))
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    padding = "".join(f"# {number} {'x' * 60}\n" for number in range(2000))
    whole = set()
    for host in ("host-0.example.test", "host-1.example.test"):
        path.write_text(padding)
        words = [host if word == "mail.example.test" else word for word in command(path)]
        subprocess.run(words, env=environment(), capture_output=True, check=True, timeout=30)
        whole.add(path.read_text())
    # Each write replaces the line of the host where it stands.
    assert len(whole) == 2
    for number in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", LOOP, path], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.02 + 0.007 * number)
            process.kill()
        assert path.read_text() in whole
        assert mode(path) == 0o600
        for left in tmp_path.iterdir():
            # The kernel lets no program tidy up after itself here: what is left must be private too.
            assert left == path or mode(left) == 0o600
            if left != path:
                left.unlink()


@pytest.mark.real
def test_git_is_asked_about_the_file(tmp_path: Path) -> None:
    require(processes.missing("git", "git"))
    git = [shutil.which("git") or "git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.test"]
    path = tmp_path / ".env"
    subprocess.run([*git, "init", "-q"], check=True)
    assert "git does not ignore" in export(path).stderr
    subprocess.run([*git, "add", "-f", ".env"], check=True)
    done = export(path)
    assert done.returncode == 0
    assert "git tracks" in done.stderr
    subprocess.run([*git, "rm", "-q", "--cached", ".env"], check=True)
    (tmp_path / ".gitignore").write_text(".env\n")
    assert "git " not in export(path).stderr
