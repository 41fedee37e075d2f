"""What the server says to a sender that is not the account's. Only when asked for; either answer is a fact."""

from __future__ import annotations

from typing import Final

from smtpwizard.checks.another_sender import FOREIGN, NULL, offering
from smtpwizard.model.stage import Status

STRANGER: Final = "smtpwizard-test@example.com"
"""RFC 2606, section 3 keeps the domain for examples: the address is nobody's."""

CHECK = offering(STRANGER, FOREIGN, "what a foreign sender is told is known", refused=Status.PASS, after=(NULL,))
