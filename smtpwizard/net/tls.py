"""TLS: a handshake that yields facts whether the peer is trusted or not, and the verdict on its certificates.

The handshake itself verifies nothing, so that it always yields the chain. OpenSSL's own verifier then judges that
chain by the authorities of the files that OpenSSL is configured with, of `SSL_CERT_FILE` and `SSL_CERT_DIR`, and of
`--ca-file`; on macOS and Windows the system's own store is asked too (`system_trust`). `service_identity` judges the
host name (RFC 9525). The caller must not go on before the verdict is in.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import ipaddress
import os
import ssl
import warnings
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from smtpwizard.model.errors import UsageError
from smtpwizard.model.evidence import Certificate, CertificateVerdict
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.model.text import in_ascii, printable
from smtpwizard.net import authorities, system_trust

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

E = TypeVar("E", bound="x509.ExtensionType")

NAMES_LIMIT: Final = 100
"""Names of a certificate that are kept."""
CHAIN_LIMIT: Final = 10

_VERDICTS: Final[dict[int, CertificateVerdict]] = {
    2: "unknown-issuer",
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",
    19: "self-signed-in-chain",
    20: "unknown-issuer",
    21: "unknown-issuer",
    23: "revoked",
    24: "wrong-purpose",
    25: "wrong-purpose",
    26: "wrong-purpose",
    32: "wrong-purpose",
    66: "weak",
    67: "weak",
    68: "weak",
    79: "wrong-purpose",
}
"""X509_V_ERR numbers of OpenSSL's x509_vfy.h. 24, 25, 32 and 79 say that an issuer is none: it may not sign, or not so
far down."""
_UNKNOWN_HERE: Final = frozenset({2, 18, 19, 20, 21})
"""Numbers that only say that OpenSSL's files hold no authority for the chain: another store may."""

_NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h."""
_SMALLEST_RSA: Final = 2048
_SMALLEST_EC: Final = 224
_BROKEN_HASHES: Final = frozenset({"md5", "sha1", "md4", "md2"})


def handshake_context(*, legacy: bool = False) -> ssl.SSLContext:
    """A context that completes a handshake with anyone from TLS 1.2 on; trust is decided afterwards, by `judge`.

    With `legacy` it offers older versions only, which is good for no more than to learn that the peer knows them.
    """
    if system_trust.is_asked() and not legacy:
        context = system_trust.asking_context()
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Level 1 lets a weak certificate through the handshake, so that it can be named; `judge` refuses it.
    context.set_ciphers("DEFAULT:@SECLEVEL=1")
    if legacy:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def server_name(host: str) -> str | None:
    """The name for Server Name Indication; an address has none (RFC 6066, section 3), nor has what is no host name."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return in_ascii(host)
    return None


def peer_chain(connection: ssl.SSLObject | ssl.SSLSocket) -> list[bytes]:
    """The certificates that the peer sent, in DER, its own first."""
    if hasattr(connection, "get_unverified_chain"):  # Python 3.13 and later
        chain: list[bytes] = connection.get_unverified_chain()
        return chain[:CHAIN_LIMIT]
    inner: Any = getattr(connection, "_sslobj", None)
    certificates = inner.get_unverified_chain() if inner is not None else None
    if certificates:
        der = 2  # _ssl.ENCODING_DER
        return [certificate.public_bytes(der) for certificate in certificates[:CHAIN_LIMIT]]
    own = connection.getpeercert(binary_form=True)
    return [own] if own else []


def judge(
    chain: list[bytes],
    policy: TlsPolicy,
    interceptors: tuple[str, ...] = (),
    *,
    system: bool | None = None,
    dated: bool = True,
) -> Certificate | None:
    """The facts of a chain and the verdict on it, or None where the peer showed none whose certificates can be read.

    `system` is what the operating system's own store says, None where it was not asked. It can add trust, never take
    any away: a program that uses OpenSSL sees what OpenSSL sees. Where not `dated`, everything counts but the dates.

    Raises:
        UsageError: the CA file of the policy cannot be read.
    """
    from cryptography import x509

    try:
        certificates = [x509.load_der_x509_certificate(der) for der in chain]
        if not certificates:
            return None
        return _judged(certificates, hashlib.sha256(chain[0]).hexdigest(), policy, interceptors, system, dated)
    except _unreadable():
        return None


def _unreadable() -> tuple[type[Exception], ...]:
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


class UnreadableExtensionError(ValueError):
    """The extensions of a certificate cannot be read."""


def _extensions(certificate: x509.Certificate) -> x509.Extensions:
    """The extensions of a certificate.

    Raises:
        UnreadableExtensionError: one cannot be read, or is there twice.
    """
    try:
        return certificate.extensions
    except _unreadable() as error:
        raise UnreadableExtensionError from error


def _extension(certificate: x509.Certificate, kind: type[E]) -> E | None:
    """The value of an extension, None where the certificate has none.

    Raises:
        UnreadableExtensionError: the extensions cannot be read.
    """
    from cryptography import x509

    try:
        return _extensions(certificate).get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _judged(
    certificates: list[x509.Certificate],
    fingerprint: str,
    policy: TlsPolicy,
    interceptors: tuple[str, ...],
    system: bool | None,
    dated: bool,
) -> Certificate:
    own = certificates[0]
    public = own.public_key()
    key_fingerprint = _key_fingerprint(public)
    found = _verified(certificates, _store(policy.ca_file, dated))
    vouched_by: Literal["system"] | None = None
    if found.code in _UNKNOWN_HERE and system:
        found, vouched_by = Verified(0, None, _path(certificates), None), "system"
    verdict: CertificateVerdict
    faulty: x509.Certificate | None
    try:
        verdict, faulty = _verdict(certificates, found, policy)
    except UnreadableExtensionError:
        # What it is for cannot be told, whoever vouches for it.
        verdict, faulty = "invalid", None
        found = replace(found, message=found.message or "an extension of a certificate cannot be read")
    if policy.pin is not None:
        wanted = policy.pin.replace(":", "").casefold().encode()
        same = any(hmac.compare_digest(wanted, found.encode()) for found in (fingerprint, key_fingerprint))
        verdict, faulty = ("pinned" if same else "pin-mismatch"), None
    issuer = _name(own.issuer)
    return Certificate(
        verdict=verdict,
        host=policy.host,
        subject=_name(own.subject),
        issuer=issuer,
        names=_names(own),
        not_before=_date(own.not_valid_before_utc),
        not_after=_date(own.not_valid_after_utc),
        key=_key(public),
        signature=own.signature_hash_algorithm.name if own.signature_hash_algorithm else "intrinsic",
        sha256=fingerprint,
        spki_sha256=key_fingerprint,
        chain=tuple(_name(certificate.subject) for certificate in certificates),
        verify_code=found.code,
        verify_message=found.message,
        interceptor=_interceptor(certificates, verdict, interceptors),
        known_to=_known_to(certificates, found, policy),
        faulty=_name(faulty.subject) if faulty is not None and faulty != own else None,
        vouched_by=vouched_by,
    )


def _verdict(
    certificates: list[x509.Certificate], found: Verified, policy: TlsPolicy
) -> tuple[CertificateVerdict, x509.Certificate | None]:
    """The verdict, and the certificate of the chain that it is about, where it is about one.

    Raises:
        UnreadableExtensionError: a certificate has one.
    """
    own = certificates[0]
    _extensions(own)
    if found.code:
        verdict = _VERDICTS.get(found.code, "invalid")
        pretender = next((one for one in certificates[1:] if _pretends_to_issue(one, found.faulty)), None)
        if verdict == "unknown-issuer" and pretender is not None:
            return "wrong-purpose", pretender
        if verdict == "unknown-issuer" and _lacks_intermediate(certificates, policy.ca_file):
            return "incomplete-chain", None
        return verdict, found.faulty
    # OpenSSL has been told no purpose, so that the certificate which is not made for this one can be named.
    unfit = next((one for one in found.path if not (_for_servers(one) if one == own else _may_issue(one))), None)
    if unfit is not None:
        return "wrong-purpose", unfit
    weak = next((one for one in found.path if _is_weak(one)), None)
    if weak is not None:
        return "weak", weak
    return ("trusted" if _is_for(own, policy.host) else "hostname-mismatch"), None


def _path(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that vouch for the first one, itself included, as the peer sent them."""
    path = [certificates[0]]
    by_subject = {other.subject: other for other in certificates[1:] if other.issuer != other.subject}
    while (issuer := by_subject.pop(path[-1].issuer, None)) is not None:
        path.append(issuer)
    return path


def _known_to(certificates: list[x509.Certificate], found: Verified, policy: TlsPolicy) -> tuple[str, ...]:
    """Files of authorities that OpenSSL was not told of, and by which the chain would stand."""
    if found.code not in _UNKNOWN_HERE or policy.pin is not None:
        return ()
    return tuple(path for path in authorities.other_bundles() if not _verified(certificates, _bundle(path)).code)


Stamp = tuple[int, int] | None


def _stamp(path: str | None) -> Stamp:
    """What changes with the content of a file or folder: what was read of it holds for that long."""
    if path is None:
        return None
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def _bundle(path: str) -> Any:
    """The authorities of one file; none where it cannot be read."""
    from OpenSSL import crypto

    try:
        return _read_bundle(path, _stamp(path))
    except (crypto.Error, OSError):
        return crypto.X509Store()


@lru_cache(maxsize=4)
def _read_bundle(path: str, stamp: Stamp) -> Any:
    from OpenSSL import crypto

    store = crypto.X509Store()
    store.load_locations(path, None)
    return store


def _store(ca_file: str | None, dated: bool = True) -> Any:
    """The authorities that OpenSSL asks, and those of the CA file.

    Raises:
        UsageError: the CA file cannot be read.
    """
    paths = ssl.get_default_verify_paths()
    cafile = paths.cafile if paths.cafile and os.path.exists(paths.cafile) else None
    capath = paths.capath if paths.capath and os.path.isdir(paths.capath) else None
    return _read_store(cafile, capath, ca_file, dated, (_stamp(cafile), _stamp(capath), _stamp(ca_file)))


@lru_cache(maxsize=8)
def _read_store(
    cafile: str | None, capath: str | None, ca_file: str | None, dated: bool, stamps: tuple[Stamp, ...]
) -> Any:
    from OpenSSL import crypto

    store = crypto.X509Store()
    if not dated:
        store.set_flags(_NO_CHECK_TIME)
    if cafile or capath:
        with suppress(crypto.Error):
            # A file without a certificate gives none, to every program; the check of the authorities says so.
            store.load_locations(cafile, capath)
    else:
        # Windows: the default context reads the system's own stores.
        for der in ssl.create_default_context().get_ca_certs(binary_form=True):
            store.add_cert(crypto.load_certificate(crypto.FILETYPE_ASN1, der))
    if ca_file is not None:
        try:
            store.load_locations(ca_file, None)
        except (crypto.Error, OSError) as error:
            raise UsageError(
                f"The CA file {ca_file} cannot be used: it must be a readable file with certificates in PEM form."
            ) from error
    return store


def preload(ca_file: str | None = None) -> None:
    """Import what `judge` needs and read the authorities, so that neither happens during a handshake."""
    import service_identity.cryptography  # noqa: F401

    _store(ca_file)


def check_ca_file(ca_file: str) -> None:
    """See that a CA file can be used.

    Raises:
        UsageError: it cannot.
    """
    _store(ca_file)


@dataclass(frozen=True, slots=True)
class Verified:
    """What OpenSSL's verifier found."""

    code: int
    message: str | None
    path: list[x509.Certificate]
    """From the peer's own certificate to a trusted one; empty where there is no such path."""
    faulty: x509.Certificate | None
    """The certificate that the code is about."""


def _verified(certificates: list[x509.Certificate], store: Any) -> Verified:
    from OpenSSL import crypto

    own, *others = (crypto.X509.from_cryptography(certificate) for certificate in certificates)
    context = crypto.X509StoreContext(store, own, others)
    try:
        path = [certificate.to_cryptography() for certificate in context.get_verified_chain()]
    except crypto.X509StoreContextError as error:
        code, _, message = error.errors
        return Verified(int(code), printable(str(message)), [], error.certificate.to_cryptography())
    return Verified(0, None, path, None)


def _is_for(certificate: x509.Certificate, host: str) -> bool:
    import service_identity
    from service_identity import cryptography as identity

    bare = host.strip("[]").rstrip(".")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        # Certificates hold internationalised names in their ASCII form (RFC 9525, section 6.3).
        name = in_ascii(bare)
        if name is None:
            return False
        try:
            identity.verify_certificate_hostname(certificate, name)
        except (service_identity.VerificationError, service_identity.CertificateError, ValueError):
            return False
        return True
    try:
        identity.verify_certificate_ip_address(certificate, bare)
    except (service_identity.VerificationError, service_identity.CertificateError, ValueError):
        return False
    return True


def _lacks_intermediate(certificates: list[x509.Certificate], ca_file: str | None) -> bool:
    """Whether the peer left out a certificate between its last one and an authority that is trusted here.

    Authorities that are known to browsers say where their certificates are to be had (RFC 5280, section 4.2.2.1),
    private ones hardly ever. One of those is recognised as an intermediate by who runs it: the organisation of an
    authority in the CA file.
    """
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID

    last = certificates[-1]
    if last.issuer == last.subject:
        return False
    try:
        access = _extension(last, x509.AuthorityInformationAccess)
    except UnreadableExtensionError:
        access = None
    if access is not None and any(item.access_method == AuthorityInformationAccessOID.CA_ISSUERS for item in access):
        return True
    runs = _organisations(last.issuer)
    return ca_file is not None and any(
        runs & _organisations(authority.subject) and authority.subject != last.issuer
        for authority in _authorities(ca_file)
    )


def _authorities(ca_file: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a CA file; none where they cannot be read."""
    try:
        return _read_authorities(ca_file, _stamp(ca_file))
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=8)
def _read_authorities(ca_file: str, stamp: Stamp) -> tuple[x509.Certificate, ...]:
    from cryptography import x509

    return tuple(x509.load_pem_x509_certificates(Path(ca_file).read_bytes()))


def _organisations(name: x509.Name) -> set[str | bytes]:
    from cryptography.x509.oid import NameOID

    return {attribute.value for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}


def _for_servers(certificate: x509.Certificate) -> bool:
    """Whether a certificate is made for a server of TLS: by what it is for, and by what its key may do."""
    from cryptography import x509

    if not _is_for_tls(certificate):
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return usage is None or usage.digital_signature or usage.key_encipherment or usage.key_agreement


def _may_issue(certificate: x509.Certificate) -> bool:
    """Whether an authority's certificate is made for authorities of TLS servers.

    That it is an authority's at all, and may sign as far down as it does, OpenSSL has seen to; of a root it asks less,
    because that is trusted as it stands.
    """
    return certificate.issuer == certificate.subject or _is_for_tls(certificate)


def _pretends_to_issue(certificate: x509.Certificate, issued: x509.Certificate | None) -> bool:
    """Whether a certificate bears the issuer's name, and its key may not sign certificates: OpenSSL passes it over."""
    from cryptography import x509

    if issued is None or issued.issuer != certificate.subject:
        return False
    usage = _extension(certificate, x509.KeyUsage)
    return usage is not None and not usage.key_cert_sign


def _is_for_tls(certificate: x509.Certificate) -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usages = _extension(certificate, x509.ExtendedKeyUsage)
    if usages is None:
        return True
    allowed = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    return any(usage in allowed for usage in usages)


def _is_weak(certificate: x509.Certificate) -> bool:
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


def _interceptor(
    certificates: list[x509.Certificate], verdict: CertificateVerdict, interceptors: tuple[str, ...]
) -> str | None:
    if verdict in {"pinned", "trusted"}:
        return None
    issuers = " ".join(_name(certificate.issuer) for certificate in certificates).casefold()
    return next((name for name in interceptors if name.casefold() in issuers), None)


def _name(name: x509.Name) -> str:
    return printable(name.rfc4514_string(), limit=300)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = _extension(certificate, x509.SubjectAlternativeName)
    except UnreadableExtensionError:
        return ()
    if found is None:
        return ()
    names = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    return tuple(printable(name, limit=253) for name in names[:NAMES_LIMIT])


def _key(public: CertificatePublicKeyTypes) -> str:
    size = getattr(public, "key_size", None)
    name = type(public).__name__.removesuffix("PublicKey").removeprefix("_").upper()
    name = "EC" if name.startswith("ELLIPTIC") else name
    return f"{name} {size}" if size else name


def _key_fingerprint(public: CertificatePublicKeyTypes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _date(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
