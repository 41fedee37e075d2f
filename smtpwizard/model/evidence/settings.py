"""What is seen of the settings and the secret before anything is dialled."""

from __future__ import annotations

from smtpwizard.model.evidence.base import Evidence


class SettingFlaw(Evidence, frozen=True, tag="setting_flaw"):
    """A setting that cannot work, or is rarely meant."""

    field: str
    """Name of the setting: host, port, security, username, from, to."""
    flaw: str
    value: str
    suggestion: str | None = None

    @property
    def fact(self) -> str:
        return f"setting:{self.flaw}"


class SecretFlawed(Evidence, frozen=True, tag="secret_flaw"):
    """Something about the secret that is rarely meant. Never holds the secret."""

    flaw: str

    @property
    def fact(self) -> str:
        return f"secret:{self.flaw}"


class SecretShape(Evidence, frozen=True, tag="secret_shape"):
    """Whether the secret has the shape of what the provider hands out."""

    expected: str
    matches: bool
    looks_like: str | None = None
    """Kind of secret whose shape it does have."""

    @property
    def fact(self) -> str:
        return "secret:right-shape" if self.matches else "secret:wrong-kind"


SettingEvidence = SettingFlaw | SecretFlawed | SecretShape
