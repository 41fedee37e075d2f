"""Certificates with one thing wrong each."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass, field
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
DAY = datetime.timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def key() -> ec.EllipticCurvePrivateKey:
    """A key that anyone here may use."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(size: int) -> rsa.RSAPrivateKey:
    """An RSA key."""
    return rsa.generate_private_key(65537, size)


@dataclass(frozen=True)
class Authority:
    """Signs certificates."""

    name: str = "Test Root"
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    issuer: Authority | None = None
    organisation: str | None = None
    usages: tuple[x509.ObjectIdentifier, ...] = ()
    is_authority: bool = True
    path_length: int | None = None
    signs: bool = True
    ends: datetime.timedelta = 365 * DAY

    @property
    def subject(self) -> x509.Name:
        """Name in what it signs."""
        runs = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.organisation)] if self.organisation else []
        return x509.Name([*runs, x509.NameAttribute(NameOID.COMMON_NAME, self.name)])

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate, by its issuer or itself."""
        signer = self.issuer or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.subject)
            .issuer_name(signer.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(NOW + self.ends)
            .add_extension(x509.BasicConstraints(ca=self.is_authority, path_length=self.path_length), critical=True)
        )
        if self.usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage(self.usages), critical=False)
        if not self.signs:
            builder = builder.add_extension(key_usage(), critical=True)
        return builder.sign(signer.key, hashes.SHA256())

    def issue(
        self,
        *names: str,
        key: Key | None = None,
        begins: datetime.timedelta = -DAY,
        ends: datetime.timedelta = 90 * DAY,
        usages: list[x509.ObjectIdentifier] | None = None,
        issuer_url: str | None = None,
        key_use: x509.KeyUsage | None = None,
        other: x509.ObjectIdentifier | None = None,
    ) -> x509.Certificate:
        """A certificate for these names, sound unless told otherwise."""
        public = (key or _shared()).public_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0] if names else "nobody")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + begins)
            .not_valid_after(NOW + ends)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), False)
        if usages is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), False)
        if key_use is not None:
            builder = builder.add_extension(key_use, critical=True)
        if other is not None:
            # A list of names with one of a kind that is never used, ediPartyName (RFC 5280, section 4.2.1.6).
            builder = builder.add_extension(x509.UnrecognizedExtension(other, bytes.fromhex("3006a504a1020c00")), False)
        if issuer_url is not None:
            access = x509.AccessDescription(
                AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(issuer_url)
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([access]), False)
        return builder.sign(self.key, hashes.SHA256())


def key_usage(**uses: bool) -> x509.KeyUsage:
    """A key that may do what is named, and nothing else."""
    nothing = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False)
    nothing |= dict.fromkeys(("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**(nothing | uses))


CLIENT_ONLY = [ExtendedKeyUsageOID.CLIENT_AUTH]
FOR_SERVERS = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]


def signed_with_sha1(name: str) -> tuple[x509.Certificate, x509.Certificate]:
    """A certificate that libraries no longer make, and its authority's: an RSA signature over a SHA-1 digest."""
    authority = Authority("Old Root", rsa_key(2048))
    assert isinstance(authority.key, rsa.RSAPrivateKey)
    sound = authority.issue(name)
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    signature = authority.key.sign(
        sound.tbs_certificate_bytes.replace(sha256, sha1),
        padding.PKCS1v15(),
        hashes.SHA1(),
    )
    raw = sound.public_bytes(Encoding.DER).replace(sha256, sha1)
    return x509.load_der_x509_certificate(raw[: -len(signature)] + signature), authority.certificate


def unreadable(kind: str, *names: str) -> tuple[bytes, Authority]:
    """A certificate that libraries neither make nor read, in DER, and the authority that did sign it.

    By its kind it has an extension twice, a version that there is none of, or a name of a kind that nobody uses.
    """
    authority = Authority("Careless Root", rsa_key(2048))
    assert isinstance(authority.key, rsa.RSAPrivateKey)
    sound = authority.issue(*names, other=x509.ObjectIdentifier("2.5.29.18"))
    old, new = {
        "extension twice": (bytes.fromhex("0603551d12"), bytes.fromhex("0603551d11")),
        "unknown version": (bytes.fromhex("a003020102"), bytes.fromhex("a003020107")),
        "unusual name": (bytes.fromhex("0603551d12"), bytes.fromhex("0603551d12")),
    }[kind]
    if kind == "unusual name":
        sound = authority.issue(other=x509.ObjectIdentifier("2.5.29.17"))
    altered = sound.tbs_certificate_bytes.replace(old, new)
    signature = authority.key.sign(altered, padding.PKCS1v15(), hashes.SHA256())
    raw = sound.public_bytes(Encoding.DER).replace(sound.tbs_certificate_bytes, altered)
    return raw[: -len(signature)] + signature, authority


def self_signed(*names: str) -> x509.Certificate:
    """A certificate that vouches for itself."""
    own = Authority(names[0], _shared())
    return own.issue(*names, key=_shared())


def der(*certificates: x509.Certificate) -> list[bytes]:
    """A chain as it comes out of a handshake."""
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]


def pem(*certificates: x509.Certificate) -> bytes:
    """A CA file."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def _shared() -> ec.EllipticCurvePrivateKey:
    return key()


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
