"""Rules for providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smtpwizard.audit.fault import UNWRITTEN, Audited, fault
from smtpwizard.model.document import FaultDocument


def providers_are_complete(audited: Audited) -> Iterator[FaultDocument]:
    """A provider that works says where and how; one that does not says what to do instead."""
    for provider in audited.knowledge.providers.values():
        file = f"providers/{provider.id}.toml"
        if not provider.name.strip() or UNWRITTEN in provider.name:
            yield fault("complete", file, "", "is still to be written", "name")
        if not provider.source:
            yield fault("complete", file, "", "is empty", "source")
        if provider.status == "no-smtp":
            if not provider.instead:
                yield fault("complete", file, "", "says nothing of what to do instead", "instead")
        elif not provider.endpoint and provider.id not in {"custom", "console"}:
            yield fault("complete", file, "", "is empty", "endpoint")
        if provider.endpoint and sum(endpoint.preferred for endpoint in provider.endpoint) != 1:
            yield fault("complete", file, "endpoint", "exactly one must be preferred", "preferred")
        for number, endpoint in enumerate(provider.endpoint):
            if not 0 < endpoint.port < 65536:
                yield fault("complete", file, f"endpoint[{number}]", "is no port", "port")
        patterns = [provider.secret.pattern, *(other.pattern for other in provider.secret.lookalike)]
        for pattern in filter(None, patterns):
            try:
                re.compile(pattern)
            except re.error as error:
                yield fault("complete", file, "secret", f"is no regular expression: {error}", "pattern")
