"""Looks at what was typed, with the eyes of the check that every run begins with."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from smtpwizard.checks.lint import CHECK
from smtpwizard.model.account import Account
from smtpwizard.model.check import Options
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.ports import Ports
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import Secret, SecretFlaw
from smtpwizard.runner.run import make_context

_ALIAS = {"from": "sender", "to": "recipient"}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What stands out."""

    settings: tuple[SettingFlaw, ...] = ()
    secret: tuple[SecretFlawed | SecretShape, ...] = ()

    def of(self, field: str) -> tuple[SettingFlaw, ...]:
        """The flaws of one field."""
        return tuple(flaw for flaw in self.settings if _ALIAS.get(flaw.field, flaw.field) == field)

    @property
    def shape(self) -> SecretShape | None:
        """How the secret compares to what the provider hands out, where that is known."""
        return next((item for item in self.secret if isinstance(item, SecretShape)), None)


async def inspect(account: Account, secret: Secret | None, provider: Provider | None, ports: Ports) -> Inspection:
    """Run the check of the settings by itself. It asks nobody."""
    seen: list[AnyEvidence] = []
    not_yet = secret is not None and account.username is None
    if not_yet:
        # The check looks at no secret that nobody will send; here the user name may just not be typed yet.
        account = msgspec.structs.replace(account, username="")
    await CHECK.run(make_context(account, secret, provider, Options(), ports), seen.append)
    return Inspection(
        tuple(item for item in seen if isinstance(item, SettingFlaw) and not (not_yet and item.field == "username")),
        tuple(item for item in seen if isinstance(item, SecretFlawed | SecretShape)),
    )


def removed(secret: Secret, clean: Secret) -> tuple[SecretFlaw, ...]:
    """What is gone from a pasted secret after it was tidied."""
    after = clean.flaws()
    return tuple(flaw for flaw in secret.flaws() if flaw not in after and flaw is not SecretFlaw.NON_ASCII)
