"""The verdict on the certificates that a peer has shown.

OpenSSL's own verifier judges the chain (`verifier`), `service_identity` the name (`identity`). On macOS and Windows the
system's own store is asked too (`system_trust`).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from smtpwizard.model.evidence.tls import Certificate, CertificateVerdict
from smtpwizard.model.moment import written
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.net import authorities, identity
from smtpwizard.net.certificate import (
    UnreadableExtensionError,
    extensions,
    for_servers,
    is_weak,
    key_fingerprint,
    key_of,
    may_issue,
    name_of,
    names_of,
    organisations,
    path_of,
    points_to_issuer,
    pretends_to_issue,
    read_der,
    read_pem,
    unreadable,
)
from smtpwizard.net.verifier import Stamp, Verified, bundle, stamp, store, verify

if TYPE_CHECKING:
    from smtpwizard.net.certificate import X509

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
    try:
        certificates = [read_der(der) for der in chain]
        if not certificates:
            return None
        return _judged(certificates, hashlib.sha256(chain[0]).hexdigest(), policy, interceptors, system, dated)
    except unreadable():
        return None


def _judged(
    certificates: list[X509],
    fingerprint: str,
    policy: TlsPolicy,
    interceptors: tuple[str, ...],
    system: bool | None,
    dated: bool,
) -> Certificate:
    own = certificates[0]
    public = own.public_key()
    of_key = key_fingerprint(public)
    found = verify(certificates, store(policy.ca_file, dated))
    vouched_by: Literal["system"] | None = None
    if found.code in _UNKNOWN_HERE and system:
        found, vouched_by = Verified(0, None, path_of(certificates), None), "system"
    verdict: CertificateVerdict
    faulty: X509 | None
    try:
        verdict, faulty = _verdict(certificates, found, policy)
    except UnreadableExtensionError:
        # What it is for cannot be told, whoever vouches for it.
        verdict, faulty = "invalid", None
        found = replace(found, message=found.message or "an extension of a certificate cannot be read")
    if policy.pin is not None:
        wanted = policy.pin.replace(":", "").casefold().encode()
        same = any(hmac.compare_digest(wanted, found.encode()) for found in (fingerprint, of_key))
        verdict, faulty = ("pinned" if same else "pin-mismatch"), None
    return Certificate(
        verdict=verdict,
        host=policy.host,
        subject=name_of(own.subject),
        issuer=name_of(own.issuer),
        names=names_of(own),
        not_before=written(own.not_valid_before_utc),
        not_after=written(own.not_valid_after_utc),
        key=key_of(public),
        signature=own.signature_hash_algorithm.name if own.signature_hash_algorithm else "intrinsic",
        sha256=fingerprint,
        spki_sha256=of_key,
        chain=tuple(name_of(certificate.subject) for certificate in certificates),
        verify_code=found.code,
        verify_message=found.message,
        interceptor=_interceptor(certificates, verdict, interceptors),
        known_to=_known_to(certificates, found, policy),
        faulty=name_of(faulty.subject) if faulty is not None and faulty != own else None,
        vouched_by=vouched_by,
    )


def _verdict(certificates: list[X509], found: Verified, policy: TlsPolicy) -> tuple[CertificateVerdict, X509 | None]:
    """The verdict, and the certificate of the chain that it is about, where it is about one.

    Raises:
        UnreadableExtensionError: a certificate has one.
    """
    own = certificates[0]
    extensions(own)
    if found.code:
        verdict = _VERDICTS.get(found.code, "invalid")
        pretender = next((one for one in certificates[1:] if pretends_to_issue(one, found.faulty)), None)
        if verdict == "unknown-issuer" and pretender is not None:
            return "wrong-purpose", pretender
        if verdict == "unknown-issuer" and _lacks_intermediate(certificates, policy.ca_file):
            return "incomplete-chain", None
        return verdict, found.faulty
    # OpenSSL has been told no purpose, so that the certificate which is not made for this one can be named.
    unfit = next((one for one in found.path if not (for_servers(one) if one == own else may_issue(one))), None)
    if unfit is not None:
        return "wrong-purpose", unfit
    weak = next((one for one in found.path if is_weak(one)), None)
    if weak is not None:
        return "weak", weak
    return ("trusted" if identity.is_for(own, policy.host) else "hostname-mismatch"), None


def _known_to(certificates: list[X509], found: Verified, policy: TlsPolicy) -> tuple[str, ...]:
    """Files of authorities that OpenSSL was not told of, and by which the chain would stand."""
    if found.code not in _UNKNOWN_HERE or policy.pin is not None:
        return ()
    return tuple(path for path in authorities.other_bundles() if not verify(certificates, bundle(path)).code)


def _lacks_intermediate(certificates: list[X509], ca_file: str | None) -> bool:
    """Whether the peer left out a certificate between its last one and an authority that is trusted here.

    Authorities that are known to browsers say where their certificates are to be had (RFC 5280, section 4.2.2.1),
    private ones hardly ever. One of those is recognised as an intermediate by who runs it: the organisation of an
    authority in the CA file.
    """
    last = certificates[-1]
    if last.issuer == last.subject:
        return False
    if points_to_issuer(last):
        return True
    runs = organisations(last.issuer)
    return ca_file is not None and any(
        runs & organisations(authority.subject) and authority.subject != last.issuer
        for authority in _authorities(ca_file)
    )


def _authorities(ca_file: str) -> tuple[X509, ...]:
    """The certificates of a CA file; none where they cannot be read."""
    try:
        return _read_authorities(ca_file, stamp(ca_file))
    except (OSError, ValueError):
        return ()


@lru_cache(maxsize=8)
def _read_authorities(ca_file: str, stamp: Stamp) -> tuple[X509, ...]:
    return read_pem(Path(ca_file).read_bytes())


def _interceptor(certificates: list[X509], verdict: CertificateVerdict, interceptors: tuple[str, ...]) -> str | None:
    if verdict in {"pinned", "trusted"}:
        return None
    issuers = " ".join(name_of(certificate.issuer) for certificate in certificates).casefold()
    return next((name for name in interceptors if name.casefold() in issuers), None)


def preload(ca_file: str | None = None) -> None:
    """Import what `judge` needs and read the authorities, so that neither happens during a handshake."""
    identity.preload()
    store(ca_file)
