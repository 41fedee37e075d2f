"""What more than one page says."""

from __future__ import annotations

from typing import Final

from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.text import printable
from smtpwizard.wizard.needs import Lack

SECURITY: Final = {
    Security.TLS: "TLS from the start",
    Security.STARTTLS: "STARTTLS",
    Security.NONE: "no encryption",
}
LACKS: Final = {
    Lack.PROVIDER: "Choose a provider first.",
    Lack.NO_SMTP: "This provider takes no mail over SMTP.",
    Lack.HOST: "The host name of the server is missing.",
    Lack.PORT: "The port is a number from 1 to 65535.",
    Lack.USERNAME: "The user name is missing.",
    Lack.SECRET: "The password is missing. Where the server wants no log-in, leave the user name empty.",
    Lack.PASSED: "The checks have not passed yet.",
    Lack.RECIPIENT: "Say who gets the message.",
    Lack.SENDER: "Say from which address the message comes.",
    Lack.WRITTEN: "Nothing is written yet.",
}


def endpoint_words(endpoint: Endpoint) -> str:
    """A place to connect to, in one line."""
    return f"{printable(endpoint.host)}  ·  port {endpoint.port}  ·  {SECURITY[endpoint.security]}"
