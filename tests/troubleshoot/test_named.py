from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.smtp import Security
from smtpwizard.troubleshoot.explain import explain
from smtpwizard.troubleshoot.named import account_named
from tests.knowledge.small import knowledge, provider


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return knowledge(tmp_path, providers={"example": provider(words=["- exmail"])})


@pytest.mark.parametrize(
    ("text", "host", "port", "security"),
    [
        ("Error: connect ETIMEDOUT 192.0.2.27:587", "192.0.2.27", 587, Security.STARTTLS),
        ("could not connect to mail.test.net:465", "mail.test.net", 465, Security.TLS),
        ("connect to mx.test.net[192.0.2.1]:2525: Connection refused", "mx.test.net", 2525, Security.STARTTLS),
        ("Couldn't connect to host, port: mail.test.net, 25; timeout", "mail.test.net", 25, Security.STARTTLS),
        ("dial tcp: lookup Mail.Test.net on 127.0.0.11:53: no such host", "mail.test.net", 587, Security.STARTTLS),
        ("getaddrinfo ENOTFOUND mail.test.net", "mail.test.net", 587, Security.STARTTLS),
        ("535 no - exmail", "smtp.example.com", 587, Security.STARTTLS),
    ],
)
def test_the_server_that_a_text_is_about(known: Knowledge, text: str, host: str, port: int, security: Security) -> None:
    found = account_named(known, explain(known, text))
    assert found is not None
    assert (found.host, found.port, found.security) == (host, port, security)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "535 no",
        "to user@mail.test.net: refused",
        "at 10:22:31.587 it failed",
        "Generating server: mx.test.net",
        "com.sun.mail.smtp.SMTPSendFailedException: 550 no",
    ],
)
def test_a_text_that_names_no_server(known: Knowledge, text: str) -> None:
    assert account_named(known, explain(known, text)) is None


def test_the_provider_goes_with_it(known: Knowledge) -> None:
    assert account_named(known, explain(known, "535 no - exmail")) == Account(
        "smtp.example.com", 587, Security.STARTTLS, provider="example"
    )
