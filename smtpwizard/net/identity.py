"""Whether a certificate is for a host (RFC 9525)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smtpwizard.model.text import in_ascii, literal_address

if TYPE_CHECKING:
    from smtpwizard.net.certificate import X509


def preload() -> None:
    """Import what `is_for` needs."""
    import service_identity.cryptography  # noqa: F401


def is_for(certificate: X509, host: str) -> bool:
    """Whether one of the names in a certificate is the host's: a name, or an IP address with or without brackets."""
    import service_identity
    from service_identity.cryptography import verify_certificate_hostname, verify_certificate_ip_address

    bare = host.strip("[]").rstrip(".")
    try:
        if literal_address(bare) is not None:
            verify_certificate_ip_address(certificate, bare)
            return True
        # Certificates hold internationalised names in their ASCII form (RFC 9525, section 6.3).
        name = in_ascii(bare)
        if name is None:
            return False
        verify_certificate_hostname(certificate, name)
    except (service_identity.VerificationError, service_identity.CertificateError, ValueError):
        return False
    return True
