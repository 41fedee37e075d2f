from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.evidence.connect import Connection, PortAnswer, Ports
from smtpwizard.model.evidence.dialogue import AuthAttempt, Capabilities, Disconnected, Silence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.evidence.names import AddressGiven, Resolution, SystemResolution
from smtpwizard.model.evidence.run import Deadline
from smtpwizard.model.evidence.settings import SecretFlawed, SecretShape, SettingFlaw
from smtpwizard.model.evidence.tls import Certificate, CertificateVerdict, Handshake, StartTls
from smtpwizard.model.secret import SecretFlaw
from smtpwizard.model.smtp import Limits
from smtpwizard.model.stage import Stage, Status
from smtpwizard.output.evidence.every import describe, fact_words
from smtpwizard.output.summary import summary
from tests.output.seen import REFUSED, evidence, result

HOSTILE = "a\x1b[31m\x07\u202e\u200b\x00\r\nb[/b]{field}{0}%s"


def certificate(verdict: CertificateVerdict, message: str | None = None) -> Certificate:
    return Certificate(
        verdict,
        host="smtp.example.com",
        subject="CN=mail.example.net",
        issuer="CN=Example CA",
        names=("mail.example.net",),
        not_before="2026-01-01T00:00:00Z",
        not_after="2026-06-01T00:00:00Z",
        key="RSA 1024",
        signature="sha1",
        sha256="",
        spki_sha256="",
        chain=(),
        verify_code=10,
        verify_message=message,
    )


def test_there_are_words_for_every_kind_of_evidence() -> None:
    kinds = {type(item) for item in evidence()}
    assert kinds == set(get_args(AnyEvidence))
    assert all(describe(item) for item in evidence())


@pytest.mark.parametrize("item", evidence(HOSTILE), ids=lambda item: type(item).__name__)
def test_hostile_text_is_shown_and_never_obeyed(item: AnyEvidence) -> None:
    said = describe(item)
    assert said.isprintable()
    assert "\n" not in summary(result("tls.upgrade", Status.FAIL, item))


@given(st.text(max_size=60))
def test_any_text_in_evidence_becomes_one_printable_line(text: str) -> None:
    assert all(describe(item).isprintable() for item in evidence(text))


def test_a_very_long_text_is_cut() -> None:
    assert all(len(describe(item)) < 5000 for item in evidence("x" * 100_000))


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            SettingFlaw("host", "scheme-in-host", "https://x.org", "x.org"),
            "host holds an address of the web, not a host name: https://x.org (is x.org meant?)",
        ),
        (SettingFlaw("port", "port-out-of-range", "70000"), "port 70000 does not exist; ports go from 1 to 65535"),
        (SecretShape("app-password", True), ""),
        (
            SecretShape("app-password", False, "the account password"),
            "the secret does not have the shape of an app password; it looks like the account password",
        ),
        (Keyring(None, "missing"), "this machine has no keyring"),
        (Keyring("KWallet", "locked"), "the keyring is locked (KWallet)"),
        (
            Resolution("h", "A", "answer", ("192.0.2.1",), ("a.example", "b.example"), None, 1.0),
            "192.0.2.1 by way of b.example",
        ),
        (Resolution("h", "AAAA", "nxdomain", (), (), None, 1.0), "AAAA: the name does not exist"),
        (SystemResolution("h", "not-found", (), None, 1.0), "the system knows none"),
        (
            AddressGiven("h", 587, "192.0.2.1", 2587, False),
            "192.0.2.1 port 2587 (address given for this run; no DNS check)",
        ),
        (
            Connection("h", "192.0.2.1", 25, "IPv4", "refused", "ECONNREFUSED", 1.0),
            "192.0.2.1 port 25: connection refused",
        ),
        (REFUSED, "535 5.7.8 Username and Password not accepted"),
        (Silence(Stage.GREETING, 10_000, ""), "no word from the server in 10.0 s"),
        (Silence(Stage.EHLO, 500, "250-"), "an unfinished answer after 0.5 s: 250-"),
        (Disconnected(Stage.TLS, "reset", "ECONNRESET"), "the connection was reset"),
        (Capabilities(True, "mx", ("STARTTLS",), ("PLAIN", "LOGIN"), 1000), "AUTH PLAIN LOGIN, SIZE 1,000, STARTTLS"),
        (
            Capabilities(True, "mx", ("LIMITS", "DSN", "REQUIRETLS"), (), 0, Limits(mail=1, rcpt=1000)),
            "DSN, REQUIRETLS, at most 1 messages a session, at most 1,000 recipients a message",
        ),
        (Capabilities(True, "mx", (), (), 0), "nothing beyond the basics"),
        (StartTls("not-offered"), "STARTTLS is not offered"),
        (Handshake("done", "TLSv1.3", "AES", None, None, 1.0), "TLSv1.3, AES"),
        (
            Handshake("failed", None, None, "wrong-version-number", None, 1.0),
            "the handshake failed (wrong version number)",
        ),
        (certificate("trusted"), "certificate trusted until 2026-06-01"),
        (certificate("expired"), "certificate expired on 2026-06-01"),
        (certificate("hostname-mismatch"), "certificate: it is for mail.example.net, not for smtp.example.com"),
        (certificate("invalid"), "certificate: it could not be verified: no reason given"),
        (AuthAttempt("accepted", "PLAIN", ("PLAIN",), 1), "logged in with PLAIN"),
        (
            AuthAttempt("bad-challenge", "CRAM-MD5", (), 1),
            "the server's challenge for CRAM-MD5 makes no sense: unreadable",
        ),
        (
            AuthAttempt("unpreparable", "SCRAM-SHA-256", (), 0),
            "not attempted: user name or password holds characters that SCRAM-SHA-256 cannot carry",
        ),
        (AuthAttempt("mechanism-unsupported", None, (), 0), "no usable mechanism; offered: none"),
        (Deadline(11_000), "stopped after 11 s"),
        (PortAnswer("192.0.2.1", 465, "IPv6", "open", "tls", 1.0), "port 465 (IPv6): TLS"),
        (Ports("another-open", (465, 2525)), "the chosen port does not answer; 465, 2525 does"),
    ],
)
def test_a_fact_in_words(item: AnyEvidence, said: str) -> None:
    assert describe(item) == said


def test_no_words_are_missing_for_any_flaw_or_verdict() -> None:
    assert all("-" not in describe(SecretFlawed(flaw)).replace("non-breaking", "") for flaw in SecretFlaw)
    assert all(describe(certificate(verdict)).startswith("certificate") for verdict in get_args(CertificateVerdict))


def test_a_fact_that_was_seen_is_told_in_words() -> None:
    refused = AuthAttempt("refused", "PLAIN", ("PLAIN",), 1)
    assert fact_words("auth:refused", [REFUSED, refused]) == describe(refused)


def test_a_fact_that_was_not_seen_is_at_least_readable() -> None:
    assert fact_words("tls:not-yet-valid, 535", [REFUSED]) == "tls: not yet valid, 535"
