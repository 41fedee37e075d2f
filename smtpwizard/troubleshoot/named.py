"""The server that a text names."""

from __future__ import annotations

import re

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.regex import later
from smtpwizard.model.smtp import SUBMISSION_PORT, Security
from smtpwizard.troubleshoot.explain import Explanation

_NAME = r"(?P<host>[a-z0-9](?:[a-z0-9-]{0,62}\.)+(?:[a-z]{2,24}|\d{1,3}))"
_WITH_PORT = later(
    rf"(?<![\w.@/-]){_NAME}(?<!exception)(?<!error)[:,\]]{{1,2}}\s?(?:port\s)?(?P<port>\d{{2,5}})(?![\w.:])",
    re.IGNORECASE,
)
"""A name or address with its port."""
_INTRODUCED = later(
    r"\b(?:host|(?<!generating )server|lookup|ENOTFOUND|connect(?:ing)? to|remote)"
    rf"[\s:='\"\[(]{{1,3}}{_NAME}(?![\w@])",
    re.IGNORECASE,
)
"""One after a word that introduces it."""
_INTRODUCE = ("host", "server", "lookup", "enotfound", "connect", "remote")


def account_named(knowledge: Knowledge, explanation: Explanation) -> Account | None:
    """The server that an explained text is about: the one it names, else the one of the provider it comes from."""
    reading = explanation.reading
    provider = knowledge.providers[explanation.provider] if explanation.provider is not None else None
    endpoints = tuple(endpoint for endpoint in provider.endpoint if "{" not in endpoint.host) if provider else ()
    named = _named(reading.told)
    best = next((endpoint for endpoint in endpoints if endpoint.preferred), endpoints[0] if endpoints else None)
    if named is not None:
        port = int(named["port"]) if named.re.groupindex.get("port") else reading.port or SUBMISSION_PORT
        host = named["host"].lower()
    elif best is not None:
        host, port = best.host, reading.port or best.port
    else:
        return None
    return Account(host, port, Security.of_port(port), provider=explanation.provider)


def _named(text: str) -> re.Match[str] | None:
    """The first server that a text names, with its port rather than without."""
    named = _WITH_PORT().search(text) if any(mark in text for mark in ":,]") else None
    if named is None and any(word in text.lower() for word in _INTRODUCE):
        named = _INTRODUCED().search(text)
    return named
