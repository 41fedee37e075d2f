"""OpenSSL's own verifier, and the authorities that it asks.

Those are of the files that OpenSSL is configured with, of `SSL_CERT_FILE` and `SSL_CERT_DIR`, and of `--ca-file`.
"""

from __future__ import annotations

import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable

if TYPE_CHECKING:
    from OpenSSL import crypto

    from smtpwizard.net.certificate import X509

_NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h."""

Stamp = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What OpenSSL's verifier found."""

    code: int
    message: str | None
    path: list[X509]
    """From the peer's own certificate to a trusted one; empty where there is no such path."""
    faulty: X509 | None
    """The certificate that the code is about."""


def verify(certificates: list[X509], store: crypto.X509Store) -> Verified:
    """What OpenSSL says of a chain, the peer's own certificate first, by the authorities of a store."""
    from OpenSSL import crypto

    own, *others = (crypto.X509.from_cryptography(certificate) for certificate in certificates)
    context = crypto.X509StoreContext(store, own, others)
    try:
        path = [certificate.to_cryptography() for certificate in context.get_verified_chain()]
    except crypto.X509StoreContextError as error:
        code, _, message = error.errors
        return Verified(int(code), printable(str(message)), [], error.certificate.to_cryptography())
    return Verified(0, None, path, None)


def store(ca_file: str | None, dated: bool = True) -> crypto.X509Store:
    """The authorities that OpenSSL asks, and those of the CA file.

    Raises:
        UsageError: the CA file cannot be read.
    """
    paths = ssl.get_default_verify_paths()
    cafile = paths.cafile if paths.cafile and os.path.exists(paths.cafile) else None
    capath = paths.capath if paths.capath and os.path.isdir(paths.capath) else None
    return _read_store(cafile, capath, ca_file, dated, (stamp(cafile), stamp(capath), stamp(ca_file)))


@lru_cache(maxsize=8)
def _read_store(
    cafile: str | None, capath: str | None, ca_file: str | None, dated: bool, stamps: tuple[Stamp, ...]
) -> crypto.X509Store:
    from OpenSSL import crypto

    store = crypto.X509Store()
    if not dated:
        store.set_flags(_NO_CHECK_TIME)
    if cafile or capath:
        with suppress(crypto.Error):
            # A file without a certificate gives none, to every program; the check of the authorities says so.
            store.load_locations(_octets(cafile), _octets(capath))
    else:
        # Windows: the default context reads the system's own stores.
        for der in ssl.create_default_context().get_ca_certs(binary_form=True):
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, der))
    if ca_file is not None:
        try:
            store.load_locations(_octets(ca_file), None)
        except (crypto.Error, OSError) as error:
            raise UsageError(
                f"The CA file {ca_file} cannot be used: it must be a readable file with certificates in PEM form."
            ) from error
    return store


def bundle(path: str) -> crypto.X509Store:
    """The authorities of one file; none where it cannot be read."""
    from OpenSSL import crypto

    try:
        return _read_bundle(path, stamp(path))
    except (crypto.Error, OSError):
        return crypto.X509Store()


@lru_cache(maxsize=4)
def _read_bundle(path: str, stamp: Stamp) -> crypto.X509Store:
    from OpenSSL import crypto

    store = crypto.X509Store()
    store.load_locations(_octets(path), None)
    return store


def _octets(path: str | None) -> bytes | None:
    """A path as the system has it: pyOpenSSL takes no text that is not UTF-8 (PEP 383)."""
    return None if path is None else os.fsencode(path)


def stamp(path: str | None) -> Stamp:
    """What changes with the content of a file or folder: what was read of it holds for that long."""
    if path is None:
        return None
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def check_ca_file(ca_file: str) -> None:
    """See that a CA file can be used.

    Raises:
        UsageError: it cannot.
    """
    store(ca_file)
