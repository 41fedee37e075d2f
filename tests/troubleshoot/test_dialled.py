from __future__ import annotations

import pytest

from smtpwizard.troubleshoot.dialled import flaws_of_host


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("getaddrinfo ENOTFOUND smtp://smtp.example.com", "setting:scheme-in-host"),
        ("dial tcp: lookup https://smtp.example.com: no such host", "setting:scheme-in-host"),
        ("java.net.UnknownHostException: user@example.com", "setting:address-in-host"),
        ("unable to establish SMTP connection to (user@smtp.example.com/) port 465", "setting:address-in-host"),
        ('Couldn\'t connect to host, port: "smtp.example.com", 25; timeout 60000', "setting:quoted"),
        ("getaddrinfo EAI_AGAIN 'smtp.example.com'", "setting:quoted"),
        ("curl: (6) Could not resolve host: smpt.example.com", "setting:typo"),
        ("dial tcp: lookup smtp.example.com/mail: no such host", "setting:path-in-host"),
    ],
)
def test_a_host_that_cannot_be_one_is_named(text: str, fact: str) -> None:
    assert flaws_of_host(text) == [fact]


@pytest.mark.parametrize(
    "text",
    [
        "getaddrinfo ENOTFOUND smtp.example.com",
        "Couldn't connect to host, port: smtp.example.com, 587; timeout -1;",
        "failed to connect to smtp.example.com/192.0.2.7 (port 587)",
        "java.net.UnknownHostException: smtp.example.com: Name or service not known",
        "dial tcp: lookup smtp.example.com on 192.0.2.53:53: no such host",
        "550 5.1.1 <user@example.com>: unknown user",
        'lookup: lookup "user" as USERINFO in table getpwnam, lookup user@example.com',
        "",
    ],
)
def test_nothing_is_said_of_any_other_host(text: str) -> None:
    assert flaws_of_host(text) == []
