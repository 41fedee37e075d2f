from __future__ import annotations

import pytest

from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.reading import unwrap
from smtpwizard.troubleshoot.transcript import facts_of_transcript

NO_STARTTLS = (Stage.STARTTLS, "starttls:not-offered")
PLAIN_SERVER = ["250-mx.example.com", "250-PIPELINING", "250 AUTH LOGIN PLAIN"]
FORMS = {
    "telnet": ("", ""),
    "swaks": (" -> ", "<-  "),
    "curl": ("> ", "< "),
    "phpmailer": ("2026-11-21 10:00:00\tCLIENT -> SERVER: ", "2026-11-21 10:00:00\tSERVER -> CLIENT: "),
    "mailkit": ("C: ", "S: "),
    "net-smtp": ("Net::SMTP::_SSL=GLOB(0x5581)>>> ", "Net::SMTP::_SSL=GLOB(0x5581)<<< "),
    "exim": ("  SMTP>> ", "  SMTP<< "),
    "postal": ("[2026-11-21T10:00:00.1] DEBUG -- : [X] <= ", "[2026-11-21T10:00:00.1] DEBUG -- : [X] => "),
    "msmtp": ("--> ", "<-- "),
}


@pytest.mark.parametrize(("client", "server"), FORMS.values(), ids=FORMS)
def test_a_session_is_followed_in_the_form_of(client: str, server: str) -> None:
    lines = [f"{server}220 mx.example.com ESMTP", f"{client}EHLO me", *(server + line for line in PLAIN_SERVER)]
    assert facts_of_transcript(unwrap("\n".join([*lines, f"{client}QUIT"]))) == [NO_STARTTLS]


def test_smtplib_prints_what_it_sends_and_receives_as_literals() -> None:
    text = (
        "send: 'ehlo me\\r\\n'\nreply: b'250-mx.example.com\\r\\n'\nreply: b'250-PIPELINING\\r\\n'\n"
        "reply: b'250 STARTTLS\\r\\n'\nreply: retcode (250); Msg: b'mx.example.com\\nPIPELINING\\nSTARTTLS'\n"
    )
    assert facts_of_transcript(unwrap(text)) == [(Stage.AUTH, "auth:needs-tls")]


def session(*lines: str) -> list[tuple[Stage, str]]:
    return facts_of_transcript("\n".join(lines))


def test_starttls_that_is_refused_was_offered_or_not() -> None:
    refused = ["STARTTLS", "454 4.7.0 TLS not available due to local problem"]
    assert session("EHLO me", "250-mx", "250 STARTTLS", *refused) == [(Stage.STARTTLS, "starttls:refused")]
    assert session("EHLO me", *PLAIN_SERVER, *refused) == [NO_STARTTLS]
    assert session(*PLAIN_SERVER[1:], *refused) == [NO_STARTTLS]


def test_a_server_that_offers_neither_is_said_to_offer_neither() -> None:
    assert session("EHLO me", "250-mx", "250 SIZE") == [(Stage.AUTH, "auth:not-offered"), NO_STARTTLS]


def test_where_encryption_is_offered_no_authentication_is_missed_only_under_it() -> None:
    upgraded = ["EHLO me", "250-mx", "250 STARTTLS", "STARTTLS", "220 go ahead", "EHLO me", "250-mx"]
    assert session(*upgraded, "250 SIZE") == [(Stage.AUTH, "auth:not-offered")]
    assert session(*upgraded, "250 AUTH PLAIN") == []


@pytest.mark.parametrize(
    "opening",
    [
        "INFO Secure connection established to 192.0.2.1:465",
        "=== TLS started with cipher TLSv1.3",
        "ssl://mx.example.com",
    ],
)
def test_starttls_is_not_missed_where_tls_came_first(opening: str) -> None:
    assert session(opening, "220 mx", "EHLO me", *PLAIN_SERVER) == []
    assert session("220 mx", "EHLO me", *PLAIN_SERVER, opening) == [NO_STARTTLS]


@pytest.mark.parametrize(
    "lines",
    [
        ["EHLO me", *PLAIN_SERVER, "MAIL FROM:<a@example.com>", "550 5.7.1 no"],
        ["EHLO me", *PLAIN_SERVER, "AUTH LOGIN", "535 5.7.8 no"],
        ["250 OK", "550 5.1.1 unknown"],
        ["the EHLO command failed", "250 of them"],
        [],
    ],
)
def test_a_session_that_went_on_and_other_texts_show_nothing(lines: list[str]) -> None:
    assert session(*lines) == []


@pytest.mark.timeout(20)  # what takes quadratic time takes minutes here
def test_a_long_log_is_followed_quickly() -> None:
    text = "ehlo 250\n" + ("x" * 5_000 + "\n") * 10 + "-> " * 20_000
    assert facts_of_transcript(text) == []
