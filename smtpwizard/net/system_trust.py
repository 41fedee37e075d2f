"""The operating system's own word on a peer, on systems that keep their authorities in no file that OpenSSL reads.

That is macOS and Windows, where people's company authorities and antivirus roots lie in the keychain or the
certificate store, and Windows fetches authorities only when they are needed. On Linux OpenSSL's own files are the
system's store, and nobody else is asked.
"""

from __future__ import annotations

import ssl
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_ATTRIBUTE: Final = "_smtpwizard_trusted"


def is_asked(platform: str = sys.platform) -> bool:
    """Whether the system has more to say than OpenSSL's files."""
    return platform in {"darwin", "win32"}


def asking_context() -> ssl.SSLContext:
    """A context whose handshakes end well whatever the system says of the peer; `trusted` tells what it said."""
    import truststore

    class Asking(truststore.SSLContext):
        """Takes the system's refusal, which `truststore` raises once the handshake is done, as a fact."""

        def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
            connection = super().wrap_bio(*args, **options)
            _take_refusal_as_a_fact(connection, connection.do_handshake)
            return connection

    context = Asking(ssl.PROTOCOL_TLS_CLIENT)
    # The name is judged by RFC 9525 afterwards, so that the two verdicts stay apart.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _take_refusal_as_a_fact(connection: ssl.SSLObject, handshake: Callable[[], None]) -> None:
    def do_handshake() -> None:
        try:
            handshake()
        except ssl.SSLCertVerificationError:
            if connection.version() is None:
                raise
            setattr(connection, _ATTRIBUTE, False)
        else:
            setattr(connection, _ATTRIBUTE, True)

    connection.do_handshake = do_handshake  # type: ignore[method-assign]


def trusted(connection: ssl.SSLObject | ssl.SSLSocket) -> bool | None:
    """Whether the system trusts the peer; None where it was not asked."""
    answer: bool | None = getattr(connection, _ATTRIBUTE, None)
    return answer
