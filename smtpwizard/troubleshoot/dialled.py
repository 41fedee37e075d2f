"""Looks at the host that a program says it could not find or reach, for what no host name holds."""

from __future__ import annotations

import re

from smtpwizard.model.regex import later

_BEFORE_HOST = (
    "enotfound",
    "eai_again",
    "tcp: lookup",
    "resolve host:",
    "unknownhostexception:",
    "unknown smtp host:",
    "host, port:",
    "smtp connection to",
    "getaddrinfo for",
    "cannot locate host",
)
"""What programs print before a host, which they put in no quotation marks of their own."""
_HOST = later(rf"(?i)\b(?:{'|'.join(_BEFORE_HOST)})[ \t]+(?P<host>[^\s,;]+)")
_SCHEME = later(r"(?i)['\"(]*(?:https?|smtps?|mailto|imaps?)://")
_TYPO = later(r"(?i)['\"(]*(?:smpt|stmp|smto|smt|snmp|smtpp|smtp\.smtp)\.[\w-]+\.\w")


def flaws_of_host(text: str) -> list[str]:
    """The facts that a check of the settings would record of such a host; none where it looks like one."""
    lower = text.lower()
    match = _HOST().search(text) if any(words in lower for words in _BEFORE_HOST) else None
    if match is None:
        return []
    host = match["host"].rstrip(".:)]")
    if _SCHEME().match(host):
        return ["setting:scheme-in-host"]
    if "@" in host:
        return ["setting:address-in-host"]
    if host[:1] in {'"', "'"} and "." in host:
        return ["setting:quoted"]
    if _TYPO().match(host):
        return ["setting:typo"]
    if re.search(r"\w\.\w[\w.-]*/(?!\d)", host):
        return ["setting:path-in-host"]
    return []
