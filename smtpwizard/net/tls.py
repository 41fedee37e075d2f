"""TLS: a handshake that yields facts whether the peer is trusted or not.

The handshake itself verifies nothing, so that it always yields the chain; `verdict` judges that afterwards. The caller
must not go on before the verdict is in.
"""

from __future__ import annotations

import asyncio
import ssl
import time
import warnings
from typing import Any, Final

import msgspec

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.tls import Certificate, Handshake
from smtpwizard.model.ports import Say, Shaken, TlsPolicy
from smtpwizard.model.text import in_ascii, literal_address, printable
from smtpwizard.net import system_trust
from smtpwizard.net.clock import since
from smtpwizard.net.verdict import judge
from smtpwizard.net.wire import Wire, WireClosed, closed_by, ssl_reason

CHAIN_LIMIT: Final = 10
"""Certificates of a chain that are kept."""
_RECORDS: Final = frozenset({0x15, 0x16})
"""First octets of an alert and of a handshake message (RFC 8446, section 5.1)."""


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
    return None if literal_address(host) is not None else in_ascii(host)


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


async def judged(
    connection: ssl.SSLObject, policy: TlsPolicy, interceptors: tuple[str, ...] = (), *, dated: bool = True
) -> Certificate | None:
    """The verdict on the peer, as `judge` has it, while the loop goes on.

    Raises:
        UsageError: the CA file of the policy cannot be read.
    """
    chain, system = peer_chain(connection), system_trust.trusted(connection)
    return await asyncio.to_thread(judge, chain, policy, interceptors, system=system, dated=dated)


async def shake_hands(
    wire: Wire, policy: TlsPolicy, say: Say, timeout: float, *, interceptors: tuple[str, ...] = ()
) -> Shaken:
    """Turn TLS on within `timeout` seconds, and judge the peer; where it does not come about, drop the connection.

    Raises:
        UsageError: the CA file of the policy cannot be read.
    """
    began = time.monotonic()
    try:
        connection = await wire.secure(handshake_context(legacy=policy.legacy), server_name(policy.host), timeout)
    except (OSError, WireClosed) as error:
        await wire.drop()
        return Shaken(_failed(error, wire.unread, say, began), None, False)
    cipher = connection.cipher()
    facts = Handshake(
        outcome="done",
        version=connection.version(),
        cipher=cipher[0] if cipher else None,
        reason=None,
        detail=None,
        elapsed_ms=since(began),
    )
    certificate = await judged(connection, policy, interceptors)
    if certificate is None:
        facts = msgspec.structs.replace(facts, outcome="failed", reason="unreadable-certificate")
    known = certificate is not None and certificate.verdict in {"trusted", "pinned"}
    return Shaken(facts, certificate, known and not policy.legacy)


def interrupted(early: bytes) -> Handshake:
    """A handshake that is not begun, because of bytes that came before it."""
    reason = "unexpected-message" if early[0] in _RECORDS else "wrong-version-number"
    return Handshake("failed", None, None, reason, printable(early, limit=200), 0.0)


def _failed(error: OSError | WireClosed, early: bytes, say: Say, began: float) -> Handshake:
    reason: str | None
    detail: str | None = None
    if isinstance(error, TimeoutError):
        return Handshake("timeout", None, None, None, None, since(began))
    if isinstance(error, ssl.SSLError):
        reason = ssl_reason(error)
        detail = printable(str(error), limit=300)
    else:
        closed = error if isinstance(error, WireClosed) else closed_by(error)
        reason = closed.detail if closed.how == "tls" else f"connection-{closed.how}"
        detail = closed.errno
    if early and early[0] not in _RECORDS:
        # The other side spoke first, which no TLS server does.
        reason, detail = "wrong-version-number", printable(early, limit=200)
        say(Direction.RECEIVE, detail)
    return Handshake("failed", None, None, reason, detail, since(began))
