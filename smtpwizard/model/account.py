"""The server side that is being tested: where to connect and who to be."""

from __future__ import annotations

from typing import Self

import msgspec

from smtpwizard.model.smtp import Endpoint, Security


class Account(msgspec.Struct, frozen=True, rename={"sender": "from", "recipient": "to"}):
    """Everything about an account but its secret."""

    host: str
    port: int
    security: Security
    provider: str | None = None
    username: str | None = None
    mechanism: str | None = None
    sender: str | None = None
    """Address of the From header and of MAIL FROM."""
    recipient: str | None = None
    """Address of RCPT TO."""

    @property
    def endpoint(self) -> Endpoint:
        """Host, port and security together."""
        return Endpoint(self.host, self.port, self.security)

    def at(self, endpoint: Endpoint) -> Self:
        """The same account on another endpoint."""
        return msgspec.structs.replace(self, host=endpoint.host, port=endpoint.port, security=endpoint.security)
