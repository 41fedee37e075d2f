"""SASL conversations from the server's side (RFC 4422): what to ask, and whether the answers are right."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Generator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Final

import msgspec

ITERATIONS: Final = 4096
"""Rounds of SCRAM's key derivation: the least that RFC 7677, section 4 allows."""


class LogIn(msgspec.Struct, frozen=True):
    """The outcome of one conversation."""

    right: bool
    username: str = ""
    password: str = ""
    """As the client sent it; empty where the mechanism does not show it."""


class BadResponseError(Exception):
    """A response of the client makes no sense for the mechanism."""


Conversation = Generator[bytes, bytes, LogIn]
"""Yields each challenge, raw; takes each response, raw. An initial response answers the first, empty, challenge."""


def converse(mechanism: str, username: str, password: str, name: str) -> Conversation:
    """The server's side of one mechanism.

    Raises:
        KeyError: there is no such mechanism here.
        BadResponseError: while it runs, when a response makes no sense.
    """
    return MECHANISMS[mechanism](username, password, name)


def _plain(username: str, password: str, name: str) -> Conversation:
    parts = (yield b"").split(b"\0")
    if len(parts) != 3:
        raise BadResponseError
    return _compared(_text(parts[1]), _text(parts[2]), username, password)


def _login(username: str, password: str, name: str) -> Conversation:
    given = _text((yield b"Username:"))
    return _compared(given, _text((yield b"Password:")), username, password)


def _cram_md5(username: str, password: str, name: str) -> Conversation:
    challenge = f"<{secrets.token_hex(8)}@{name}>".encode()
    given, _, digest = _text((yield challenge)).rpartition(" ")
    wanted = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()
    return LogIn(given == username and hmac.compare_digest(wanted.encode(), digest.encode()), given)


def _scram(scram_name: str) -> Callable[[str, str, str], Conversation]:
    def conversation(username: str, password: str, name: str) -> Conversation:
        from scramp import ScramException

        def information(given: str) -> Any:
            # Someone unknown gets a challenge too: only the last step may tell.
            return _scram_information(scram_name, password if given == username else _NOBODYS_PASSWORD)

        server = _scram_mechanism(scram_name).make_server(information)
        first = yield b""
        try:
            server.set_client_first(first.decode())
            final = yield server.get_server_first().encode()
            server.set_client_final(final.decode())
        except UnicodeDecodeError as error:
            raise BadResponseError from error
        except ScramException as error:
            if error.server_error is not None and error.server_error.value == "invalid-proof":
                return LogIn(False, _scram_name(first))
            raise BadResponseError from error
        yield server.get_server_final().encode()
        return LogIn(True, _scram_name(first))

    return conversation


def _xoauth2(username: str, password: str, name: str) -> Conversation:
    fields = _fields((yield b""))
    return _compared(fields.get("user", ""), _bearer(fields), username, password)


def _oauthbearer(username: str, password: str, name: str) -> Conversation:
    header, _, rest = (yield b"").partition(b"\x01")
    given = next((part[2:] for part in _text(header).split(",") if part.startswith("a=")), "")
    return _compared(given.replace("=2C", ",").replace("=3D", "="), _bearer(_fields(rest)), username, password)


MECHANISMS: Final[Mapping[str, Callable[[str, str, str], Conversation]]] = MappingProxyType(
    {
        "PLAIN": _plain,
        "LOGIN": _login,
        "CRAM-MD5": _cram_md5,
        "SCRAM-SHA-1": _scram("SCRAM-SHA-1"),
        "SCRAM-SHA-256": _scram("SCRAM-SHA-256"),
        "XOAUTH2": _xoauth2,
        "OAUTHBEARER": _oauthbearer,
    }
)
OAUTH: Final = frozenset({"XOAUTH2", "OAUTHBEARER"})
SERVER_FIRST: Final = frozenset({"LOGIN", "CRAM-MD5"})
"""Mechanisms whose first challenge is not empty. For LOGIN an initial response is the user name all the same."""


_NOBODYS_PASSWORD: Final = secrets.token_hex()


@cache
def _scram_mechanism(name: str) -> Any:
    from scramp import ScramMechanism

    return ScramMechanism(name)


@lru_cache(maxsize=32)
def _scram_information(name: str, password: str) -> Any:
    return _scram_mechanism(name).make_auth_info(password, iteration_count=ITERATIONS)


def _scram_name(first: bytes) -> str:
    return next((part[2:] for part in _text(first).split(",") if part.startswith("n=")), "")


def _compared(given: str, secret: str, username: str, password: str) -> LogIn:
    return LogIn(given == username and hmac.compare_digest(secret.encode(), password.encode()), given, secret)


def _fields(text: bytes) -> dict[str, str]:
    pairs = (part.partition("=") for part in _text(text).split("\x01"))
    return {key: value for key, equals, value in pairs if equals}


def _bearer(fields: Mapping[str, str]) -> str:
    kind, _, token = fields.get("auth", "").partition(" ")
    if kind.casefold() != "bearer":
        raise BadResponseError
    return token


def _text(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        raise BadResponseError from error


def decode(line: str) -> bytes:
    """A response as it stands on the wire.

    Raises:
        BadResponseError: it is no base64.
    """
    try:
        return b"" if line == "=" else base64.b64decode(line, validate=True)
    except ValueError as error:
        raise BadResponseError from error
