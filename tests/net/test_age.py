from __future__ import annotations

import pytest

from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.net.age import decrypted, encrypted

SECRET = Secret("hünter2-Zebra")
PASSPHRASE = Secret("correct horse battery staple")


@pytest.mark.timeout(400)
def test_what_is_encrypted_comes_out_with_the_passphrase_and_no_other() -> None:
    content = encrypted(SECRET, PASSPHRASE)
    assert content.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert decrypted(content, PASSPHRASE) == SECRET
    with pytest.raises(UsageError, match="not the one"):
        decrypted(content, Secret("incorrect horse"))


@pytest.mark.parametrize("content", [b"", b"hunter2", b"\0" * 100, b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"])
def test_what_is_no_encrypted_file_is_told(content: bytes) -> None:
    with pytest.raises(UsageError, match="damaged"):
        decrypted(content, PASSPHRASE)


def test_an_empty_passphrase_is_none() -> None:
    with pytest.raises(UsageError, match="empty"):
        encrypted(SECRET, Secret(""))
