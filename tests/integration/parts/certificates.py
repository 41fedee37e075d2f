"""Certificates a mail server may show, good and bad, made on the spot."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal, assert_never

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.parts.mailboxes import HOST_NAME

CertificateKind = Literal[
    "trusted",
    "expired",
    "not-yet-valid",
    "self-signed",
    "wrong-name",
    "unknown-issuer",
    "missing-intermediate",
]

NAMES = ("localhost", "127.0.0.1", "::1", HOST_NAME)
"""Subject alternative names of every certificate but the one with the wrong name."""

WRONG_NAME = "other.example.test"


class Certificates:
    """A certificate authority, and a key with its chain for each kind, as PEM files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = trustme.CA(organization_name="Test authority")
        self.authority_file = folder / "authority.pem"
        """What a client has to trust (`--ca-file`)."""
        self._authority.cert_pem.write_to_path(str(self.authority_file))

    def key_and_chain(self, kind: CertificateKind) -> Path:
        """One PEM file: the private key, then the certificate, then its intermediates."""
        path = self._folder / f"{kind}.pem"
        if not path.exists():
            path.write_bytes(self._make(kind))
            path.chmod(0o600)
        return path

    def _make(self, kind: CertificateKind) -> bytes:
        now = dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        match kind:
            case "trusted":
                return _pem(self._authority.issue_cert(*NAMES))
            case "expired":
                return _pem(self._authority.issue_cert(*NAMES, not_before=now - 30 * day, not_after=now - day))
            case "not-yet-valid":
                return _pem(self._authority.issue_cert(*NAMES, not_before=now + day, not_after=now + 30 * day))
            case "self-signed":
                return _self_signed(now - day, now + 30 * day)
            case "wrong-name":
                return _pem(self._authority.issue_cert(WRONG_NAME))
            case "unknown-issuer":
                return _pem(trustme.CA(organization_name="Another authority").issue_cert(*NAMES))
            case "missing-intermediate":
                leaf = self._authority.create_child_ca().issue_cert(*NAMES)
                return leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes()
            case _:
                assert_never(kind)


def _pem(leaf: trustme.LeafCert) -> bytes:
    return leaf.private_key_pem.bytes() + b"".join(pem.bytes() for pem in leaf.cert_chain_pems)


def _self_signed(not_before: dt.datetime, not_after: dt.datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName(HOST_NAME)]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
