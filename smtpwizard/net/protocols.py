"""Recognises what is not SMTP by the first bytes it sends."""

from __future__ import annotations

import re
from typing import Final

_PROTOCOLS: Final = (
    ("http", re.compile(r"HTTP/\d|\s*<(?:!DOCTYPE|html)", re.IGNORECASE)),
    ("ssh", re.compile(r"SSH-\d")),
    ("imap", re.compile(r"\* (?:OK|BYE|PREAUTH)")),
    ("pop3", re.compile(r"\+OK|-ERR (?!unknown command)")),
    ("redis", re.compile(r"-(?:ERR|NOAUTH|DENIED)")),
    ("tls-alert", re.compile(r"(?:\x15|\\x15)(?:\x03|\\x03)")),
    ("tls", re.compile(r"(?:\x16|\\x16)(?:\x03|\\x03)")),
    ("vnc", re.compile(r"RFB \d{3}\.")),
    (
        "mysql",
        # The protocol's version, 10, ends the first "line".
        re.compile(
            r"(?:.|\\x[0-9a-f]{2})(?:\x00|\\x00){3}(?:\x0a|\\x0a|\xff|ÿ|\\xff|$)"
            r"|.{0,8}(?:mysql_native|MariaDB|\d\.\d{1,2}\.\d+-)"
        ),
    ),
    ("nntp", re.compile(r"20[01] .*\b(?:NNTP|news|InterNetNews|INN|NNRP)\b", re.IGNORECASE)),
    ("lmtp", re.compile(r"2\d\d[ -].*\bLMTP\b", re.IGNORECASE)),
    ("ftp", re.compile(r"220[ -](?!.*\bE?SMTP\b).*(?:\bFTP\b|FTPd|FileZilla)", re.IGNORECASE)),
)


def recognise(first: str) -> str | None:
    """The protocol whose first words these are, or None. SMTP itself is none of them."""
    return next((name for name, pattern in _PROTOCOLS if pattern.match(first)), None)
