"""What the credentials page says."""

from __future__ import annotations

from typing import Final

from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.evidence.settings import SecretFlawed
from smtpwizard.model.provider import Provider
from smtpwizard.model.secret import SecretFlaw
from smtpwizard.output.evidence.every import describe
from smtpwizard.output.words import a_secret
from smtpwizard.output.words import secret_words as kind_words
from smtpwizard.wizard.inspection import Inspection

_REMOVED: Final = {
    SecretFlaw.LINE_BREAK: "line breaks",
    SecretFlaw.OUTER_SPACE: "spaces at the ends",
    SecretFlaw.INNER_SPACE: "spaces",
    SecretFlaw.NON_BREAKING_SPACE: "non-breaking spaces",
    SecretFlaw.INVISIBLE: "invisible characters",
}


def secret_title(provider: Provider | None) -> str:
    """What the secret is called."""
    if provider is None or provider.secret.kind in {"password", "mailbox-password"}:
        return "Password"
    return _sentence(kind_words(provider.secret.kind))


def removed_words(removed: tuple[SecretFlaw, ...]) -> str:
    """What was taken out of a paste."""
    words = list(dict.fromkeys(_REMOVED[flaw] for flaw in removed if flaw in _REMOVED))
    if not words:
        return ""
    said = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{said[0].upper()}{said[1:]} were taken out; they are no part of it."


def secret_words(inspection: Inspection, provider: Provider | None) -> tuple[str, str]:
    """What stands out about the secret: how it looks (`good`, `careful`, `bad`, `quiet`) and a sentence."""
    flaws = [item for item in inspection.secret if isinstance(item, SecretFlawed)]
    if flaws:
        return "careful", f"{_sentence(describe(flaws[0]))}."
    shape = inspection.shape
    rule = provider.secret if provider is not None else None
    if shape is None:
        return "quiet", rule.note or "" if rule is not None else ""
    if shape.matches:
        return "good", f"It has the shape of {a_secret(shape.expected)}."
    looks = (
        f"This looks like {shape.looks_like}."
        if shape.looks_like
        else f"This is not the shape of {a_secret(shape.expected)}."
    )
    return "bad", f"{looks} What is wanted: {rule.note}" if rule is not None and rule.note else looks


def keyring_words(keyring: Keyring | None) -> str:
    """What a keyring that did not keep the secret did."""
    if keyring is None:
        return ""
    name = f" ({keyring.backend})" if keyring.backend else ""
    return {
        "usable": f"Kept in the keyring{name}, and read back.",
        "missing": "This machine has no keyring that programs can use, as is usual over SSH and in containers.",
        "locked": f"The keyring is locked{name}. Unlock it, or keep the secret for this session only.",
        "loses": f"The keyring{name} took the secret and did not give it back. It is not used.",
        "timeout": "The keyring does not answer. A window may be waiting for you somewhere; unlock it there.",
        "failed": f"The keyring{name} refused: {keyring.detail or 'no reason given'}.",
    }[keyring.outcome]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
