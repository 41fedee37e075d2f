"""SASL conversations (RFC 4422): what to answer to each challenge. One attempt, one mechanism."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Generator
from typing import Final

from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.text import printable

_ITERATION_COUNT: Final = re.compile(rb",i=0*(\d+)")
"""The work that a SCRAM server asks for (RFC 5802, section 5.1). A million rounds or more would hold everything up."""


class BadChallengeError(Exception):
    """The server's challenge cannot be answered.

    Attributes:
        reason: one of `no-base64`, `no-challenge-expected`, `no-scram`, `too-many-challenges`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason: Final = reason


class UnpreparableError(Exception):
    """The user name or the secret holds characters that the mechanism has no form for (SASLprep, RFC 4013)."""


Conversation = Generator[bytes | None, bytes, None]
"""Yields each response, raw; takes each challenge, raw. The first response is the initial one, or None."""


def converse(mechanism: Mechanism, username: str, secret: Secret, host: str, port: int) -> Conversation:
    """The client's side of one mechanism.

    Raises:
        BadChallengeError: while it runs, when a challenge makes no sense for the mechanism.
        UnpreparableError: before its first response, when the mechanism cannot carry what it is given.
    """
    match mechanism:
        case Mechanism.PLAIN:
            return _single(_octets(f"\0{username}\0{secret.reveal()}"))
        case Mechanism.LOGIN:
            return _login(username, secret)
        case Mechanism.CRAM_MD5:
            return _cram_md5(username, secret)
        case Mechanism.SCRAM_SHA_256 | Mechanism.SCRAM_SHA_1:
            return _scram(mechanism, username, secret)
        case Mechanism.XOAUTH2:
            from aiosmtplib.auth import auth_xoauth2_encode

            return _single(base64.b64decode(auth_xoauth2_encode(_octets(username), _octets(secret.reveal()))))
        case Mechanism.OAUTHBEARER:
            # RFC 7628, section 3.1; the GS2 header escapes "," and "=" (RFC 5801, section 4).
            name = username.replace("=", "=3D").replace(",", "=2C")
            return _single(
                _octets(f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {secret.reveal()}\x01\x01")
            )


def _octets(text: str) -> bytes:
    """UTF-8 (RFC 4616, section 2), and the very bytes where text from outside was none (PEP 383)."""
    return text.encode("utf-8", "surrogateescape")


def decode_challenge(text: str) -> bytes:
    """The challenge in a 334 reply.

    Raises:
        BadChallengeError: it is no base64.
    """
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadChallengeError("no-base64") from error


def oauth_error(challenge: bytes) -> str | None:
    """What a server's error challenge says (RFC 7628, section 3.2.2; XOAUTH2 does alike), or None."""
    try:
        problem = json.loads(challenge)
    except (ValueError, RecursionError):
        return None
    if not isinstance(problem, dict):
        return None
    parts = [f"{key}={problem[key]}" for key in ("status", "schemes", "scope", "error") if key in problem]
    return printable(" ".join(parts), limit=300) or None


def _single(response: bytes) -> Conversation:
    challenge = yield response
    while True:
        # A further challenge carries the error of an OAuth mechanism: the empty answer asks for the reply.
        if challenge and oauth_error(challenge) is None:
            raise BadChallengeError("no-challenge-expected")
        challenge = yield b""


def _login(username: str, secret: Secret) -> Conversation:
    yield None
    yield _octets(username)
    yield _octets(secret.reveal())
    raise BadChallengeError("no-challenge-expected")


def _cram_md5(username: str, secret: Secret) -> Conversation:
    from aiosmtplib.auth import auth_crammd5_verify

    challenge = yield None
    encoded = base64.b64encode(challenge)
    yield base64.b64decode(auth_crammd5_verify(_octets(username), _octets(secret.reveal()), encoded))
    raise BadChallengeError("no-challenge-expected")


def _scram(mechanism: Mechanism, username: str, secret: Secret) -> Conversation:
    from scramp import ScramClient, ScramException

    try:
        client = ScramClient([str(mechanism)], username, secret.reveal())
    except ScramException:
        # Its text quotes the characters.
        raise UnpreparableError from None
    challenge = yield client.get_client_first().encode()
    asked = _ITERATION_COUNT.search(challenge)
    if asked is not None and len(asked[1]) > 6:
        raise BadChallengeError("no-scram")
    try:
        client.set_server_first(challenge.decode())
        challenge = yield client.get_client_final().encode()
        client.set_server_final(challenge.decode())
    except (ScramException, UnicodeDecodeError, ValueError) as error:
        raise BadChallengeError("no-scram") from error
    yield b""
    raise BadChallengeError("no-challenge-expected")
