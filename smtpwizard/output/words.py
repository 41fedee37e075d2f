"""The words and signs that every view has for the same thing."""

from __future__ import annotations

from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Status

STATUS_WORDS = {
    Status.PASS: "passed",
    Status.WARN: "warning",
    Status.FAIL: "failed",
    Status.SKIP: "skipped",
    Status.ERROR: "error",
}
GLYPHS = {Status.PASS: "✓", Status.WARN: "!", Status.FAIL: "✗", Status.SKIP: "–", Status.ERROR: "☠"}
SECURITY_WORDS = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "no encryption"}


def secret_words(kind: str) -> str:
    """A kind of secret, in words."""
    words = kind.replace("-", " ").replace("oauth2", "OAuth 2.0").split()
    return " ".join({"api": "API", "smtp": "SMTP"}.get(word, word) for word in words)


def a_secret(kind: str) -> str:
    """A kind of secret, in words, with its article."""
    words = secret_words(kind)
    return f"an {words}" if words.startswith(("a", "A", "O")) or words.startswith("SMTP") else f"a {words}"
