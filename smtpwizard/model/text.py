"""Makes text from outside safe to show, and hides credentials in text that may hold some."""

from __future__ import annotations

import unicodedata

from smtpwizard.model.regex import later

LINE_LIMIT = 2000
"""Characters of one outside line that are kept."""


def printable(text: str | bytes, *, limit: int = LINE_LIMIT) -> str:
    """Render one line of outside text so that a terminal can only display it.

    Control, escape, bidirectional and zero-width characters become visible escapes (`\\x1b`, `\\u202e`), a tab and
    every other kind of space becomes a space, undecodable bytes become `\\xNN`. More than `limit` characters are
    cut, and the cut is said. What comes out satisfies `str.isprintable`.
    """
    if isinstance(text, bytes):
        # Four bytes at most make one character, so nothing beyond this can reach the result.
        omitted = max(0, len(text) - limit * 4)
        text = text[: limit * 4].decode("utf-8", errors="backslashreplace")
    else:
        omitted = 0
    if len(text) > limit:
        omitted += len(text) - limit
        text = text[:limit]
    if not text.isprintable():
        text = "".join(map(_visible, text))
    return f"{text} … ({omitted} more)" if omitted else text


def printable_block(text: str | bytes, *, limit: int = 64_000) -> str:
    """Like `printable`, for text of several lines: line breaks stay."""
    if isinstance(text, bytes):
        text = text[: limit * 4].decode("utf-8", errors="backslashreplace")
    cut = text[:limit]
    return "\n".join(printable(line, limit=limit) for line in cut.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    point = ord(character)
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def in_ascii(host: str) -> str | None:
    """A host name as the DNS has it (RFC 5890), without its last dot; None where it has no such form."""
    bare = host.rstrip(".").casefold()
    try:
        name = bare.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    # RFC 1035, section 2.3.4, less the first length and the root.
    return name if 0 < len(name) <= 253 and name.isprintable() else None


def literal_address(host: str) -> str | None:
    """The IP address that a host is given by, with or without brackets; None where it is a name."""
    import ipaddress

    try:
        return str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


MASK = "••••••"
"""Stands where a credential stood."""

_CREDENTIALS = (
    # Each behind the words that it cannot do without: looking for them costs a fraction.
    # SASL initial responses and their continuation, as transcripts and debug logs print them (RFC 4954).
    (
        ("auth ", "auth="),
        later(
            r"(?P<kept>\b(?i:AUTH[ =]+(?:PLAIN|LOGIN|XOAUTH2?|OAUTHBEARER|CRAM-MD5|SCRAM-[\w-]+|NTLM|EXTERNAL))\s+)"
            # Neither a further mechanism of a server's offer nor a word of a sentence.
            r"(?!(?i:PLAIN|LOGIN|XOAUTH2?|OAUTHBEARER|CRAM|SCRAM|DIGEST|NTLM|GSSAPI|EXTERNAL)\b|[A-Z]?[a-z]{1,16}\b(?![=+/]))"
            r"(?P<hidden>[A-Za-z0-9+/]{4,}={0,2})"
        ),
    ),
    # user:password@ in a URL (RFC 3986, section 3.2.1).
    (("://",), later(r"(?P<kept>\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,128}:)(?P<hidden>[^\s/@]{1,256})(?=@)")),
    # The same where nothing was escaped: a user name with "@", a password with "/" or "@".
    (("://",), later(r"(?P<kept>\bsmtps?(?:\+[a-z]{1,12})?://[^\s/:]{1,128}:)(?P<hidden>\S{1,256})(?=@)")),
    (
        ("passw", "key", "secret", "token"),
        later(
            r"(?i)(?P<kept>(?:passw(?:or)?d|api[_-]?key|secret|access[_-]?token)"
            r"[\w-]{0,20}[\"']?\s{0,3}(?:=>|[=:])\s{0,3}[\"']?)(?P<hidden>[^\s\"',;}{]{3,256})"
        ),
    ),
    (("bearer",), later(r"(?P<kept>\bBearer\s+)(?P<hidden>[\w.~+/-]{8,}=*)")),
)


def redact_credentials(text: str) -> str:
    """Hide what looks like a credential in text of unknown origin: AUTH arguments, URL passwords, bearer tokens."""
    folded = text.casefold()
    for hints, pattern in _CREDENTIALS:
        for hint in hints:
            if hint in folded:
                text = pattern().sub(lambda match: match["kept"] + MASK, text)
                break
    return text
