"""What becomes of TLS, and the certificate that comes with it."""

from __future__ import annotations

from typing import Literal

from smtpwizard.model.evidence.base import Evidence


class StartTls(Evidence, frozen=True, tag="starttls"):
    """How the upgrade by STARTTLS went (RFC 3207)."""

    told = ("detail",)

    outcome: Literal["accepted", "not-offered", "stripped", "refused", "injected"]
    detail: str | None = None

    @property
    def fact(self) -> str:
        return f"starttls:{self.outcome}"


class Handshake(Evidence, frozen=True, tag="handshake"):
    """A TLS handshake that did or did not come about."""

    told = ("detail",)

    outcome: Literal["done", "failed", "timeout"]
    version: str | None
    cipher: str | None
    reason: str | None
    """OpenSSL's reason in lower case with hyphens, such as `wrong-version-number`."""
    detail: str | None
    elapsed_ms: float

    @property
    def fact(self) -> str:
        if self.outcome == "failed":
            return f"handshake:{self.reason or 'failed'}"
        return f"handshake:{self.outcome}"


class OldTls(Evidence, frozen=True, tag="old_tls"):
    """The server agrees to a version of TLS that is not safe any more (RFC 8996), and to no newer one."""

    version: str
    cipher: str | None

    @property
    def fact(self) -> str:
        return "tls:too-old"


CertificateVerdict = Literal[
    "trusted",
    "pinned",
    "expired",
    "not-yet-valid",
    "self-signed",
    "self-signed-in-chain",
    "unknown-issuer",
    "incomplete-chain",
    "hostname-mismatch",
    "weak",
    "wrong-purpose",
    "revoked",
    "pin-mismatch",
    "invalid",
]


class Certificate(Evidence, frozen=True, tag="certificate"):
    """The certificate a server showed, and what verification says of it (RFC 5280, RFC 9525)."""

    told = ("subject", "issuer", "names", "chain", "faulty")

    verdict: CertificateVerdict
    host: str
    subject: str
    issuer: str
    names: tuple[str, ...]
    """DNS names and IP addresses of the subjectAltName extension."""
    not_before: str
    """RFC 3339, UTC."""
    not_after: str
    key: str
    """Algorithm and size, such as `RSA 2048`."""
    signature: str
    sha256: str
    """Fingerprint of the certificate, lower-case hexadecimal."""
    spki_sha256: str
    """Fingerprint of the public key (RFC 7469's pin, in hexadecimal)."""
    chain: tuple[str, ...]
    """Subjects as the server sent them, its own first."""
    verify_code: int
    """OpenSSL's X509_V_ERR number; 0 is X509_V_OK."""
    verify_message: str | None
    interceptor: str | None = None
    """Product whose name stands in the issuer, where it is one that replaces certificates."""
    faulty: str | None = None
    """Subject of the certificate that the verdict is about, where that is not the server's own."""
    known_to: tuple[str, ...] = ()
    """Files of authorities on this machine that OpenSSL was not told of, and that do vouch for the chain."""
    vouched_by: Literal["system"] | None = None
    """Set where the operating system's own store vouched, and the files of OpenSSL did not."""

    @property
    def fact(self) -> str:
        if self.interceptor:
            return "tls:intercepted"
        return "tls:known-elsewhere" if self.known_to else f"tls:{self.verdict}"


TlsEvidence = StartTls | Handshake | OldTls | Certificate
