"""Makes a profile of an account and of how it was tested."""

from __future__ import annotations

import os

from smtpwizard.model.account import Account
from smtpwizard.model.check import Options, Override
from smtpwizard.model.profile import LastTest, Place, Profile


def profile_of(account: Account, options: Options, place: Place, tested: LastTest | None = None) -> Profile:
    """The account as a profile. Paths are made absolute: wherever the profile is used, it is the same file."""
    return Profile(
        host=account.host,
        port=account.port,
        security=account.security,
        provider=account.provider,
        username=account.username,
        mechanism=account.mechanism,
        sender=account.sender,
        recipient=account.recipient,
        ehlo_name=options.ehlo_name,
        ca_file=os.path.abspath(options.ca_file) if options.ca_file is not None else None,
        pin=options.pin,
        nameserver=options.nameserver,
        overrides=tuple(map(_written, options.overrides)),
        timeout=options.timeout if options.timeout != Options().timeout else None,
        secret=place,
        tested=tested,
    )


def _written(override: Override) -> str:
    address = f"[{override.address}]" if ":" in override.address else override.address
    to_port = f":{override.to_port}" if override.to_port != override.port else ""
    return f"{override.host}:{override.port}:{address}{to_port}"
