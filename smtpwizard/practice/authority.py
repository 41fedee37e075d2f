"""A certificate authority of the practice server's own, and the good and bad certificates it makes."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
import tempfile
import threading
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias

from smtpwizard.model.errors import CannotRunError
from smtpwizard.practice.scenario import CertificateKind, Tls

if TYPE_CHECKING:
    from types import TracebackType

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

CA_NAME: Final = "smtpwizard practice authority"
CA_FILE: Final = "practice-authority.pem"
CA_KEY_FILE: Final = "practice-authority.key"
DAYS: Final = 90
"""Days that a good certificate is valid; the authority's own lasts ten times as long."""
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
OTHER_NAME: Final = "other.practice.test"
OWN_DOMAIN: Final = "practice.test"
"""RFC 6761, section 6.2 keeps `test` for this. The authority may vouch for nothing else but localhost."""

Usage = Literal["server", "client", "signing"]
"""What a certificate is made for: to be a TLS server, to be a TLS client, to sign documents."""
_VERSIONS: Final = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Authority:
    """Makes certificates. Its own one lies in `ca_file`, for clients to trust.

    Without a folder everything is temporary and goes with `close`. With one the authority is made there once and
    found again later; its key is readable by the owner only, and its name constraints (RFC 5280, section 4.2.1.10)
    let it vouch for no host name of the real world.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Make the authority, or load it.

        Raises:
            CannotRunError: the folder cannot be written, or what lies in it is no authority.
        """
        self._temporary = tempfile.TemporaryDirectory(prefix="smtpwizard-practice-")
        self._contexts: dict[tuple[Tls, str, str | None], ssl.SSLContext] = {}
        self._making = threading.Lock()
        place = Path(self._temporary.name) if folder is None else folder
        self.ca_file: Final = place / CA_FILE
        try:
            self._key, self._certificate = _load(place) or _found(place)
        except (OSError, ValueError) as error:
            self._temporary.cleanup()
            raise CannotRunError(
                f"The practice authority in {place} cannot be used: {error}. Choose another folder, or empty this one."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete what was temporary."""
        self._temporary.cleanup()

    def context(self, tls: Tls, name: str, address: str | None = None) -> ssl.SSLContext:
        """What a server needs for TLS under a host name, and under one address besides the loopback ones."""
        with self._making:
            known = self._contexts.get((tls, name, address))
            if known is None:
                known = self._contexts[tls, name, address] = self._make_context(tls, name, address)
            return known

    def _make_context(self, tls: Tls, name: str, address: str | None) -> ssl.SSLContext:
        key, chain = self.certificate(tls, (name, *LOCAL_NAMES, *((address,) if address else ())))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        old = tls.newest == "1.1"
        # OpenSSL's level 0 lets the server show keys and speak versions that are beneath today's level.
        weak = old or tls.certificate in {CertificateKind.WEAK_KEY, CertificateKind.INTERMEDIATE_WEAK_KEY}
        context.set_ciphers(tls.ciphers or ("DEFAULT:@SECLEVEL=0" if weak else "DEFAULT"))
        with warnings.catch_warnings():
            # Python advises against old versions. Showing what they do to a client is the purpose here.
            warnings.simplefilter("ignore", DeprecationWarning)
            if old:
                context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.maximum_version = _VERSIONS[tls.newest]
        if tls.client_certificate:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.ca_file)
        handle, path = tempfile.mkstemp(dir=self._temporary.name, suffix=".pem")
        with os.fdopen(handle, "wb") as file:
            file.write(_key_pem(key) + b"".join(map(_pem, chain)))
        context.load_cert_chain(path)
        Path(path).unlink()
        return context

    def certificate(self, tls: Tls, names: tuple[str, ...]) -> tuple[Key, list[x509.Certificate]]:
        """A private key, and the certificates that a server shows, its own first."""
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        own = self._certificate
        key: Key = _key("server")
        issuer, issuer_key = own, self._key
        valid = (now - day, now + DAYS * day)
        chain: list[x509.Certificate] = []
        usage: Usage = "server"
        match tls.certificate:
            case CertificateKind.EXPIRED:
                valid = (now - 2 * DAYS * day, now - 3 * day)
            case CertificateKind.NOT_YET_VALID:
                valid = (now + 30 * day, now + DAYS * day)
            case CertificateKind.EXPIRES_SOON:
                valid = (now - DAYS * day, now + 3 * day)
            case CertificateKind.OTHER_NAME:
                names = (OTHER_NAME,)
            case CertificateKind.WRONG_PURPOSE:
                usage = "client"
            case CertificateKind.WRONG_KEY_USAGE:
                usage = "signing"
            case CertificateKind.WEAK_KEY:
                key = _weak_key()
            case CertificateKind.SELF_SIGNED:
                return key, [_issue(names, key, None, key, valid)]
            case CertificateKind.UNTRUSTED | CertificateKind.INTERCEPTED:
                intercepted = tls.certificate is CertificateKind.INTERCEPTED
                issuer_key = _key("stranger")
                issuer = _make_authority(tls.issuer if intercepted else "Unknown practice authority", issuer_key)
                chain = [issuer]
            case CertificateKind.FULL_CHAIN | CertificateKind.INCOMPLETE_CHAIN:
                issuer_key = _key("intermediate")
                issuer = _make_authority("smtpwizard practice intermediate", issuer_key, own, self._key)
                chain = [issuer] if tls.certificate is CertificateKind.FULL_CHAIN else []
            case CertificateKind.INTERMEDIATE_WRONG_PURPOSE:
                issuer_key = _key("client authority")
                issuer = _make_authority("smtpwizard practice clients", issuer_key, own, self._key, clients_only=True)
                chain = [issuer]
            case CertificateKind.INTERMEDIATE_NO_AUTHORITY:
                issuer_key = _key("pretender")
                issuer = _issue((f"pretender.{OWN_DOMAIN}",), issuer_key, own, self._key, valid)
                chain = [issuer]
            case CertificateKind.INTERMEDIATE_EXPIRED:
                issuer_key = _key("old intermediate")
                issuer = _make_authority(
                    "smtpwizard practice old", issuer_key, own, self._key, ends=now - datetime.timedelta(days=3)
                )
                chain = [issuer]
            case CertificateKind.INTERMEDIATE_WEAK_KEY:
                issuer_key = _weak_key()
                issuer = _make_authority("smtpwizard practice weak", issuer_key, own, self._key)
                chain = [issuer]
            case CertificateKind.VALID:
                pass
        return key, [_issue(names, key, issuer, issuer_key, valid, usage), *chain]


@cache
def _key(role: str) -> ec.EllipticCurvePrivateKey:
    """The key of a role. One process makes each only once: nothing here is worth protecting."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


@cache
def _weak_key() -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - being too weak is its purpose


def _load(folder: Path) -> tuple[Key, x509.Certificate] | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key((folder / CA_KEY_FILE).read_bytes(), None)
        certificate = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    except FileNotFoundError:
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("key and certificate do not belong together")
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return (key, certificate) if left > datetime.timedelta(days=DAYS) else None


def _found(folder: Path) -> tuple[Key, x509.Certificate]:
    from cryptography.hazmat.primitives.asymmetric import ec

    # Only a key of its own sets an authority apart from every other one that clients may have been told to trust.
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _make_authority(CA_NAME, key, constrained=True)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / CA_KEY_FILE, _key_pem(key), 0o600)
    _write(folder / CA_FILE, _pem(certificate), 0o644)
    return key, certificate


def _write(path: Path, content: bytes, mode: int) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).chmod(mode)
    Path(temporary).replace(path)


def _make_authority(
    name: str,
    key: Key,
    issuer: x509.Certificate | None = None,
    issuer_key: Key | None = None,
    *,
    constrained: bool = False,
    clients_only: bool = False,
    ends: datetime.datetime | None = None,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    now = datetime.datetime.now(datetime.UTC)
    valid = (now - datetime.timedelta(days=2 * DAYS + 1), ends or now + datetime.timedelta(days=10 * DAYS))
    builder = _builder(name, key, issuer, valid)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    if clients_only:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if constrained:
        permitted = [x509.DNSName("localhost"), x509.DNSName(OWN_DOMAIN)]
        builder = builder.add_extension(x509.NameConstraints(permitted, None), critical=True)
    return _signed(builder, issuer_key or key)


def _issue(
    names: tuple[str, ...],
    key: Key,
    issuer: x509.Certificate | None,
    issuer_key: Key,
    valid: tuple[datetime.datetime, datetime.datetime],
    usage: Usage = "server",
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

    purpose = ExtendedKeyUsageOID.CLIENT_AUTH if usage == "client" else ExtendedKeyUsageOID.SERVER_AUTH
    builder = _builder(names[0], key, issuer, valid)
    for extension, critical in (
        (x509.SubjectAlternativeName([_general_name(name) for name in dict.fromkeys(names)]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(signs_certificates=False, tls=usage != "signing"), True),
        (x509.ExtendedKeyUsage([purpose]), False),
    ):
        builder = builder.add_extension(extension, critical=critical)
    if issuer is not None and issuer.issuer != issuer.subject:
        # Where an intermediate can be fetched is what tells a chain that is cut short from an unknown issuer.
        place = x509.UniformResourceIdentifier(f"http://ca.{OWN_DOMAIN}/intermediate.der")
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return _signed(builder, issuer_key)


def _builder(
    name: str, key: Key, issuer: x509.Certificate | None, valid: tuple[datetime.datetime, datetime.datetime]
) -> x509.CertificateBuilder:
    from cryptography import x509

    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "smtpwizard practice"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64]),
        ]
    )
    signer: Any = key.public_key() if issuer is None else issuer.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(valid[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: Key) -> x509.Certificate:
    from cryptography.hazmat.primitives import hashes

    return builder.sign(key, hashes.SHA256())


def _key_usage(*, signs_certificates: bool, tls: bool = True) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=tls,
        content_commitment=not tls,
        key_encipherment=tls and not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: Key) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
