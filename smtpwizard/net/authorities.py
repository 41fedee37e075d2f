"""The collections of certificate authorities that a machine may have: OpenSSL's own, the system's, and `certifi`'s.

Programs on one machine trust by different ones: a Python from a vendor's installer asks a folder that nobody fills, and
a program with `certifi` knows no authority of the company's.
"""

from __future__ import annotations

import importlib.util
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from smtpwizard.model.evidence.machine import AuthorityStore
from smtpwizard.model.text import printable

SYSTEM_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep their authorities: Debian, Fedora, SUSE, Alpine and BSD."""
SIZE: Final = 16 * 1024 * 1024
"""Octets of one file that are read."""
_BEGIN: Final = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----")
_HASHED: Final = re.compile(r"[0-9a-f]{8}\.\d+")
"""What OpenSSL looks for in a folder of authorities."""


def stores(root: Path = Path("/")) -> tuple[AuthorityStore, ...]:
    """Every collection of this machine, the one first that Python's OpenSSL asks. The system's lie under `root`."""
    paths = ssl.get_default_verify_paths()
    asked = [path for path in (paths.cafile, paths.capath) if path]
    own = AuthorityStore("openssl", printable(":".join(asked)), sum(map(_count, map(Path, asked))))
    return own, *_others(asked, root)


def other_bundles() -> tuple[str, ...]:
    """Files of authorities that OpenSSL was not told of."""
    paths = ssl.get_default_verify_paths()
    asked = [path for path in (paths.cafile, paths.capath) if path]
    return tuple(store.path for store in _others(asked, Path("/")) if store.count)


def _others(asked: list[str], root: Path) -> Iterator[AuthorityStore]:
    for bundle in SYSTEM_BUNDLES:
        path = root / bundle.lstrip("/")
        if path.is_file():
            if not any(_same(path, Path(other)) for other in asked):
                yield AuthorityStore("system", bundle if root != Path("/") else str(path), _count(path))
            break
    installed = importlib.util.find_spec("certifi")
    for folder in (installed.submodule_search_locations or ()) if installed is not None else ():
        bundle_of_certifi = Path(folder, "cacert.pem")
        if bundle_of_certifi.is_file():
            yield AuthorityStore("certifi", str(bundle_of_certifi), _count(bundle_of_certifi))


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file; a folder holds the bundle that lies in it."""
    with suppress(OSError):
        return one.samefile(other) or (other.is_dir() and one.resolve().parent.samefile(other))
    return False


def _count(path: Path) -> int:
    with suppress(OSError):
        if path.is_dir():
            return sum(1 for entry in path.iterdir() if _HASHED.fullmatch(entry.name))
        with path.open("rb") as file:
            return len(_BEGIN.findall(file.read(SIZE)))
    return 0
