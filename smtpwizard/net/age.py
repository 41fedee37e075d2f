"""Secrets in files that a passphrase encrypts, in the format of age (https://age-encryption.org/v1).

The key is derived by scrypt, on purpose slowly: it takes seconds, and up to 1 GiB of memory for that time.
"""

from __future__ import annotations

from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret


def encrypted(secret: Secret, passphrase: Secret) -> bytes:
    """The content of a file that `age --decrypt` reads too. It is ASCII (armored).

    Raises:
        UsageError: the passphrase is empty.
    """
    from pyrage import passphrase as age

    if not passphrase:
        raise UsageError("The passphrase is empty.")
    content: bytes = age.encrypt(secret.reveal().encode("utf-8", "surrogatepass"), passphrase.reveal(), armored=True)
    return content


def decrypted(content: bytes, passphrase: Secret) -> Secret:
    """The secret that a file holds.

    Raises:
        UsageError: it is no such file, the passphrase is another one, or the secret is no text.
    """
    from pyrage import DecryptError
    from pyrage import passphrase as age

    try:
        return Secret(age.decrypt(content, passphrase.reveal()).removesuffix(b"\n").decode())
    except UnicodeDecodeError:
        raise UsageError("what it holds is not UTF-8 text") from None
    except DecryptError as error:
        if str(error) == "Decryption failed":
            raise UsageError("the passphrase is not the one that it was encrypted with") from None
        raise UsageError("it was not encrypted with a passphrase by age, or is damaged") from None
