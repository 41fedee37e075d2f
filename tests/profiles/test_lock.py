from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smtpwizard.profiles.lock import NAME, alone_in

LOCKED = """
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("locked")
"""
DIES = """
import os, sys
from pathlib import Path
from smtpwizard.profiles.lock import alone_in
with alone_in(Path(sys.argv[1])):
    os._exit(9)
"""


@pytest.mark.skipif(os.name != "posix", reason="asks by flock")
def test_another_process_is_kept_out_until_this_one_is_done(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LOCKED, str(tmp_path / NAME)]
    with alone_in(tmp_path):
        assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout == b"locked\n"
    assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout == b""


def test_the_lock_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], check=False, timeout=30)
    assert died.returncode == 9
    with alone_in(tmp_path):
        pass
