"""SMTP's own words: replies, enhanced status codes, endpoints, security, mechanisms, extensions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Self

import msgspec


class Security(StrEnum):
    """How a connection is protected (RFC 8314)."""

    TLS = "tls"
    """Implicit TLS: the handshake comes before the greeting."""
    STARTTLS = "starttls"
    """Upgrade by STARTTLS (RFC 3207), required."""
    NONE = "none"

    @property
    def usual_port(self) -> int:
        """The port that goes with it."""
        return _USUAL_PORT[self]

    @classmethod
    def of_port(cls, port: int) -> Security:
        """What a port is for by custom, and what every port without one most often takes: STARTTLS."""
        return Security.TLS if port in _IMPLICIT_TLS_PORTS else Security.STARTTLS

    @classmethod
    def registered_for(cls, port: int) -> Security | None:
        """What a port for submission is registered for; None where it is no such port."""
        return next((security for security in _REGISTERED if security.usual_port == port), None)


SUBMISSION_PORT: Final = 587
"""Where mail is submitted unless something else is said (RFC 6409, section 3.1)."""
SUBMISSION_PORTS: Final = (465, SUBMISSION_PORT, 2465, 2587, 2525)
"""Where providers take mail from programs, the best first: implicit TLS is preferred (RFC 8314, section 3.3)."""
RELAY_PORT: Final = 25
"""For mail between servers (RFC 5321, section 4.5.4.2), and no way to submit mail (RFC 6409, section 1)."""
_USUAL_PORT: Final = {Security.TLS: 465, Security.STARTTLS: SUBMISSION_PORT, Security.NONE: RELAY_PORT}
_REGISTERED: Final = (Security.TLS, Security.STARTTLS)
_IMPLICIT_TLS_PORTS: Final = frozenset({465, 2465, 8465})
"""The registered one (RFC 8314, section 7.3), and those that providers open where it is blocked."""


def read_port(text: str) -> int | None:
    """A port, from its digits; None where the text is anything else."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    return number if 0 < number < 65536 else None


class Mechanism(StrEnum):
    """The SASL mechanisms this program can speak."""

    PLAIN = "PLAIN"
    LOGIN = "LOGIN"
    CRAM_MD5 = "CRAM-MD5"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_1 = "SCRAM-SHA-1"
    XOAUTH2 = "XOAUTH2"
    OAUTHBEARER = "OAUTHBEARER"

    @property
    def takes_token(self) -> bool:
        """Whether the secret is an OAuth 2.0 access token."""
        return self in {Mechanism.XOAUTH2, Mechanism.OAUTHBEARER}


class Endpoint(msgspec.Struct, frozen=True):
    """Where submission is spoken, and how."""

    host: str
    port: int
    security: Security


class EnhancedStatus(msgspec.Struct, frozen=True, order=True):
    """An enhanced mail system status code (RFC 3463), such as 5.7.8."""

    klass: int
    subject: int
    detail: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5.7.8`.

        Raises:
            ValueError: the text is no status code by the grammar of RFC 3463, section 2.
        """
        match = _ENHANCED_ONLY.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no enhanced status code")
        return cls(*(int(part) for part in match.groups()))

    def __str__(self) -> str:
        return f"{self.klass}.{self.subject}.{self.detail}"


_ENHANCED_ONLY = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})", re.ASCII)
_ENHANCED_PREFIX = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?=\s|$)\s?", re.ASCII)
_REPLY_LINE = re.compile(r"([2-5]\d\d)(?:([ -])(.*))?", re.ASCII | re.DOTALL)


class Reply(msgspec.Struct, frozen=True):
    """A reply as RFC 5321, section 4.2 defines it."""

    code: int
    enhanced: str | None
    """RFC 2034's code where the reply has one of the class of its basic code."""
    lines: tuple[str, ...]
    """The text of each line, without codes."""

    @property
    def text(self) -> str:
        """All lines, one after the other, with a space between."""
        return " ".join(line for line in self.lines if line)

    @property
    def is_positive(self) -> bool:
        """2yz or 3yz."""
        return self.code < 400

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


class ReplyFlaw(StrEnum):
    """How a reply breaks the grammar and can still be read."""

    DIFFERING_CODES = "differing-codes"
    DIFFERING_ENHANCED = "differing-enhanced-codes"
    CLASS_MISMATCH = "enhanced-code-of-another-class"
    NOT_A_REPLY = "not-a-reply"
    LINE_TOO_LONG = "line-too-long"


class ReplySyntaxError(ValueError):
    """A line is no reply line at all.

    Attributes:
        line: the line, printable.
    """

    def __init__(self, line: str) -> None:
        super().__init__(f"no SMTP reply: {line}")
        self.line = line


def split_reply_line(line: str) -> tuple[int, bool, str]:
    """Read one reply line as code, whether it is the last one, and text.

    Raises:
        ReplySyntaxError: it does not begin with a reply code.
    """
    match = _REPLY_LINE.fullmatch(line)
    if match is None:
        raise ReplySyntaxError(line)
    return int(match[1]), match[2] != "-", match[3] or ""


def parse_reply(lines: Sequence[str]) -> tuple[Reply, tuple[ReplyFlaw, ...]]:
    """Read the lines of one reply, and what is wrong with them.

    The last line's code counts where codes differ: it is the one a client acts on. The enhanced code is the first
    one whose class agrees with it.

    Raises:
        ReplySyntaxError: a line does not begin with a reply code, or there is no line.
    """
    if not lines:
        raise ReplySyntaxError("")
    parts = [split_reply_line(line) for line in lines]
    code = parts[-1][0]
    flaws: list[ReplyFlaw] = []
    if any(part[0] != code for part in parts):
        flaws.append(ReplyFlaw.DIFFERING_CODES)
    texts: list[str] = []
    enhanced: list[str] = []
    for _, _, text in parts:
        found = _ENHANCED_PREFIX.match(text)
        if found is None:
            texts.append(text.strip())
        else:
            enhanced.append(found[1])
            texts.append(text[found.end() :].strip())
    if len(set(enhanced)) > 1:
        flaws.append(ReplyFlaw.DIFFERING_ENHANCED)
    agreeing = [status for status in enhanced if status[0] == str(code)[0]]
    if enhanced and not agreeing:
        flaws.append(ReplyFlaw.CLASS_MISMATCH)
    return Reply(code, agreeing[0] if agreeing else None, tuple(texts)), tuple(flaws)


class Limits(msgspec.Struct, frozen=True):
    """What a server says it takes in one session or message (RFC 9422, section 4). None means not said."""

    mail: int | None = None
    """Messages in one session: MAILMAX."""
    rcpt: int | None = None
    """Recipients of one message: RCPTMAX."""
    rcpt_domain: int | None = None
    """Domains among the recipients of one session: RCPTDOMAINMAX."""

    @classmethod
    def parse(cls, words: Sequence[str]) -> Self:
        """Read what follows the keyword LIMITS. Limits that are not known, or whose value is no number, say nothing."""
        found = {name: int(value) for name, value in map(_named_number, words) if value}
        return cls(found.get("MAILMAX"), found.get("RCPTMAX"), found.get("RCPTDOMAINMAX"))


def _named_number(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    # RFC 9422, section 4: one to six digits, the first no zero.
    return name, value if re.fullmatch(r"[1-9]\d{0,5}", value, re.ASCII) else ""


class Extensions(msgspec.Struct, frozen=True):
    """What a server offers in its reply to EHLO (RFC 5321, section 4.1.1.1)."""

    keywords: tuple[str, ...]
    """Upper case, in the server's order."""
    auth: tuple[str, ...]
    """SASL mechanisms, upper case, from `AUTH` and the obsolete `AUTH=`."""
    size: int | None
    """Octets of the largest message taken; 0 means no fixed limit (RFC 1870); None means not said."""
    limits: Limits = Limits()

    @property
    def starttls(self) -> bool:
        """Whether STARTTLS is offered."""
        return "STARTTLS" in self.keywords

    @property
    def pipelining(self) -> bool:
        """Whether commands may be sent in groups (RFC 2920)."""
        return "PIPELINING" in self.keywords

    @property
    def smtputf8(self) -> bool:
        """Whether internationalised addresses are taken (RFC 6531)."""
        return "SMTPUTF8" in self.keywords

    @classmethod
    def parse(cls, reply: Reply) -> Self:
        """Read a positive reply to EHLO. Its first line names the server and offers nothing."""
        keywords: list[str] = []
        auth: list[str] = []
        size: int | None = None
        limits = Limits()
        for line in reply.lines[1:]:
            words = line.upper().replace("AUTH=", "AUTH ", 1).split()
            if not words:
                continue
            keyword = words[0]
            if keyword not in keywords:
                keywords.append(keyword)
            if keyword == "AUTH":
                auth.extend(word for word in words[1:] if word not in auth)
            elif keyword == "SIZE":
                size = int(words[1]) if len(words) > 1 and words[1].isdecimal() and len(words[1]) < 19 else 0
            elif keyword == "LIMITS":
                limits = Limits.parse(words[1:])
        return cls(tuple(keywords), tuple(auth), size, limits)
