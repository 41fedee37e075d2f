"""Follows an SMTP session as programs log it, and says what its course shows.

Words of a reply are the business of signs. Here it is about what no reply says: that the server never offered
STARTTLS or AUTH, or that the session ended where an answer was due.
"""

from __future__ import annotations

import re

from smtpwizard.model.regex import later
from smtpwizard.model.stage import Stage

_MARK = r"(?:->|<-|=>|<=|~>|<~|<\*\*|>>>?|<<<?|[<>]|\b[CS]:|\bsend:|\breply:|CLIENT:|SERVER:|retcode)"
"""What programs put before a line of the session: swaks, curl, PHPMailer, smtplib, Net::SMTP, Exim, MailKit, ...."""
_LINE = later(
    rf"""(?im)^(?:[^\n]{{0,100}}?{_MARK}\s{{0,4}}(?:b?['"(])?)?[\ \t]*(?:
    (?P<verb>EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL\ FROM|RCPT\ TO|DATA|QUIT)\b(?!['"])
    (?!\s?(?:command|extension|failed|is\b|not\b))
    |(?P<code>[2-5]\d\d)(?P<separator>[-\ ]|\)[;,]|,|$)[\ \t]*(?P<words>[^\n]*))""",
    re.VERBOSE,
)
_TLS_AT_ONCE = later(r"(?i)\bsecure connection established|\btls started\b|\b(?:ssl|smtps)://|:465\b")
"""What nodemailer, swaks and others log before the greeting of a session that is encrypted from the start."""
_OFFERS_TLS = later(r"(?i)\bSTARTTLS\b")
_OFFERS_AUTH = later(r"(?i)\bAUTH\b(?!-)")


def facts_of_transcript(text: str) -> list[tuple[Stage, str]]:
    """What the course of a session shows, as the facts that a check would record; none for any other text."""
    lower = text.lower()
    if "250" not in lower or not ("ehlo" in lower or ("250-" in lower and "starttls" in lower)):
        return []
    return _Session().follow(text)


class _Session:
    """Where a session stands while its lines are read."""

    def __init__(self) -> None:
        self.verb = ""
        self.encrypted = False
        self.offers: set[str] = set()
        self.answer: int | None = None

    def follow(self, text: str) -> list[tuple[Stage, str]]:
        facts: list[tuple[Stage, str]] = []
        greeted = False
        began = _LINE().search(text)
        self.encrypted = began is not None and _TLS_AT_ONCE().search(text, 0, began.start()) is not None
        for match in _LINE().finditer(text):
            if match["verb"]:
                verb = match["verb"].upper()
                if verb == "QUIT":
                    break
                if verb in {"EHLO", "HELO", "LHLO"}:
                    self.offers = set()
                    greeted = True
                self.verb, self.answer = verb, None
                continue
            code = int(match["code"])
            if not greeted:
                # The paste may begin in the middle of the reply to EHLO.
                if code != 250 or match["separator"] != "-":
                    continue
                greeted, self.verb = True, "EHLO"
            if self.verb == "EHLO" and code == 250:
                self._offer(match["words"])
            if self.verb == "STARTTLS" and code == 220:
                self.encrypted = True
            if self.verb == "STARTTLS" and code >= 400:
                facts.append((Stage.STARTTLS, "starttls:refused" if "tls" in self.offers else "starttls:not-offered"))
            self.answer = code
        return facts or self._ended()

    def _offer(self, words: str) -> None:
        if _OFFERS_TLS().search(words):
            self.offers.add("tls")
        if _OFFERS_AUTH().search(words):
            self.offers.add("auth")

    def _ended(self) -> list[tuple[Stage, str]]:
        """What it means that the session went no further."""
        if self.verb == "EHLO" and self.answer == 250:
            if "auth" in self.offers:
                return [] if self.encrypted or "tls" in self.offers else [(Stage.STARTTLS, "starttls:not-offered")]
            if "tls" in self.offers:
                return [] if self.encrypted else [(Stage.AUTH, "auth:needs-tls")]
            # Which of the two the program wanted, its own words may tell.
            no_auth = (Stage.AUTH, "auth:not-offered")
            return [no_auth] if self.encrypted else [no_auth, (Stage.STARTTLS, "starttls:not-offered")]
        return []
