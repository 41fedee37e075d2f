"""What a certificate says, and what it is made for (RFC 5280)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from smtpwizard.model.text import printable

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

    X509: TypeAlias = x509.Certificate

E = TypeVar("E", bound="x509.ExtensionType")

NAMES_LIMIT: Final = 100
"""Names of a certificate that are kept."""
_SMALLEST_RSA: Final = 2048
_SMALLEST_EC: Final = 224
"""Bits of a key, at the least (NIST SP 800-131A)."""
_BROKEN_HASHES: Final = frozenset({"md5", "sha1", "md4", "md2"})


def unreadable() -> tuple[type[Exception], ...]:
    """What `cryptography` raises for a certificate that it cannot read; not all of it is a `ValueError`."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )


def read_der(der: bytes) -> X509:
    """One certificate. What is none raises one of `unreadable`."""
    from cryptography import x509

    return x509.load_der_x509_certificate(der)


def read_pem(pem: bytes) -> tuple[X509, ...]:
    """The certificates of a file.

    Raises:
        ValueError: it holds none, or one that cannot be read.
    """
    from cryptography import x509

    return tuple(x509.load_pem_x509_certificates(pem))


class UnreadableExtensionError(ValueError):
    """The extensions of a certificate cannot be read."""


def extensions(certificate: X509) -> x509.Extensions:
    """The extensions of a certificate.

    Raises:
        UnreadableExtensionError: one cannot be read, or is there twice.
    """
    try:
        return certificate.extensions
    except unreadable() as error:
        raise UnreadableExtensionError from error


def _extension(certificate: X509, kind: type[E]) -> E | None:
    """The value of an extension, None where the certificate has none.

    Raises:
        UnreadableExtensionError: the extensions cannot be read.
    """
    from cryptography import x509

    try:
        return extensions(certificate).get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def path_of(certificates: list[X509]) -> list[X509]:
    """The certificates that vouch for the first one, itself included, as the peer sent them."""
    path = [certificates[0]]
    by_subject = {other.subject: other for other in certificates[1:] if other.issuer != other.subject}
    while (issuer := by_subject.pop(path[-1].issuer, None)) is not None:
        path.append(issuer)
    return path


def for_servers(certificate: X509) -> bool:
    """Whether a certificate is made for a server of TLS: by what it is for, and by what its key may do."""
    from cryptography import x509

    if not _is_for_tls(certificate):
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return usage is None or usage.digital_signature or usage.key_encipherment or usage.key_agreement


def may_issue(certificate: X509) -> bool:
    """Whether an authority's certificate is made for authorities of TLS servers.

    That it is an authority's at all, and may sign as far down as it does, OpenSSL has seen to; of a root it asks less,
    because that is trusted as it stands.
    """
    return certificate.issuer == certificate.subject or _is_for_tls(certificate)


def pretends_to_issue(certificate: X509, issued: X509 | None) -> bool:
    """Whether a certificate bears the issuer's name, and its key may not sign certificates: OpenSSL passes it over."""
    from cryptography import x509

    if issued is None or issued.issuer != certificate.subject:
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return usage is not None and not usage.key_cert_sign


def _is_for_tls(certificate: X509) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usages = _extension(certificate, x509.ExtendedKeyUsage)
    if usages is None:
        return True
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    return any(usage in allowed for usage in usages)


def is_weak(certificate: X509) -> bool:
    """Whether a key is too short, or the signature over the certificate too weak to vouch for it.

    A root's own signature vouches for nothing: it is trusted as it stands.
    """
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    public = certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey | dsa.DSAPublicKey) and public.key_size < _SMALLEST_RSA:
        return True
    if isinstance(public, ec.EllipticCurvePublicKey) and public.key_size < _SMALLEST_EC:
        return True
    algorithm = certificate.signature_hash_algorithm
    signed_by_itself = certificate.issuer == certificate.subject
    return algorithm is not None and algorithm.name in _BROKEN_HASHES and not signed_by_itself


def points_to_issuer(certificate: X509) -> bool:
    """Whether a certificate says where that of its issuer is to be had (RFC 5280, section 4.2.2.1)."""
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    try:
        access = _extension(certificate, x509.AuthorityInformationAccess)
    except UnreadableExtensionError:
        return False
    return access is not None and any(item.access_method == AuthorityInformationAccessOID.CA_ISSUERS for item in access)


def organisations(name: x509.Name) -> set[str | bytes]:
    """The organisations in a name."""
    from cryptography.x509.oid import NameOID

    return {attribute.value for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}


def name_of(name: x509.Name) -> str:
    """A name as RFC 4514 writes it, printable, 300 characters at most."""
    return printable(name.rfc4514_string(), limit=300)


def names_of(certificate: X509) -> tuple[str, ...]:
    """Host names and IP addresses that a certificate is for, `NAMES_LIMIT` at most; none where they cannot be read."""
    from cryptography import x509

    try:
        found = _extension(certificate, x509.SubjectAlternativeName)
    except UnreadableExtensionError:
        return ()
    if found is None:
        return ()
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return tuple(printable(name, limit=253) for name in names[:NAMES_LIMIT])


def key_of(public: CertificatePublicKeyTypes) -> str:
    """Algorithm and size in bits, such as `RSA 2048`."""
    size = getattr(public, "key_size", None)
    name = type(public).__name__.removesuffix("PublicKey").removeprefix("_").upper()
    name = "EC" if name.startswith("ELLIPTIC") else name
    return f"{name} {size}" if size else name


def key_fingerprint(public: CertificatePublicKeyTypes) -> str:
    """SHA-256 of the public key, in hexadecimal (RFC 7469, section 2.4)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
