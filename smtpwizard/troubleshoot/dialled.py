"""Looks at the host that a program says it could not find or reach, for what no host name holds."""

from __future__ import annotations

import re

_HOST = re.compile(
    r"""(?ix)(?P<bare>\bENOTFOUND|\bEAI_AGAIN|\btcp:\slookup|\bresolve\shost:|\bunknownhostexception:|\bunknown\ssmtp\shost:
    |\bhost,\sport:|\bsmtp\sconnection\sto|\bgetaddrinfo\sfor|\bcannot\slocate\shost)
    [\ \t]+(?P<host>[^\s,;]+)"""
)
"""What these programs print before a host, which they put in no quotation marks of their own."""
_HINTS = (
    "enotfound",
    "eai_again",
    "lookup",
    "resolve",
    "unknown",
    "host, port",
    "connection to",
    "getaddrinfo",
    "locate host",
)
_SCHEME = re.compile(r"(?i)['\"(]*(?:https?|smtps?|mailto|imaps?)://")
_TYPO = re.compile(r"(?i)['\"(]*(?:smpt|stmp|smto|smt|snmp|smtpp|smtp\.smtp)\.[\w-]+\.\w")


def flaws_of_host(text: str) -> list[str]:
    """The facts that a check of the settings would record of such a host; none where it looks like one."""
    lower = text.lower()
    match = _HOST.search(text) if any(hint in lower for hint in _HINTS) else None
    if match is None:
        return []
    host = match["host"].rstrip(".:)]")
    if _SCHEME.match(host):
        return ["setting:scheme-in-host"]
    if "@" in host:
        return ["setting:address-in-host"]
    if host[:1] in {'"', "'"} and "." in host:
        return ["setting:quoted"]
    if _TYPO.match(host):
        return ["setting:typo"]
    if re.search(r"\w\.\w[\w.-]*/(?!\d)", host):
        return ["setting:path-in-host"]
    return []
