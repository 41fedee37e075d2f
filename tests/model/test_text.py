from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.text import (
    LINE_LIMIT,
    MASK,
    in_ascii,
    literal_address,
    printable,
    printable_block,
    redact_credentials,
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("[/b] [red]no markup[/red]", "[/b] [red]no markup[/red]"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\u202egnirts", "\\u202egnirts"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("nul\x00", "nul\\x00"),
        ("c1\x9b31m", "c1\\x9b31m"),
        ("a\tb", "a b"),
        ("mot\u00a0de\u202fpasse\u3000", "mot de passe "),
        ("line\u2028separator", "line\\u2028separator"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("grüße 日本語 🙂", "grüße 日本語 🙂"),
        (b"8-bit \xff\xfe", "8-bit \\xff\\xfe"),
        (b"\x16\x03\x01", "\\x16\\x03\\x01"),
        ("gr\u00fc\u00dfe".encode(), "grüße"),
    ],
)
def test_outside_text_can_only_be_displayed(raw: str | bytes, shown: str) -> None:
    assert printable(raw) == shown


anything = st.text(st.characters()) | st.binary()


@given(raw=anything, limit=st.integers(1, 60))
def test_what_comes_out_is_printable_and_bounded(raw: str | bytes, limit: int) -> None:
    shown = printable(raw, limit=limit)
    assert shown.isprintable()
    assert len(shown) <= limit * 10 + 30


@given(anything)
def test_printable_text_stays_as_it_is(raw: str | bytes) -> None:
    shown = printable(raw)
    assert printable(shown) == shown


@pytest.mark.parametrize("raw", ["x" * 1_000_000, b"\xff" * 1_000_000, "\x1b" * 1_000_000, "🙂" * 300_000])
def test_a_megabyte_is_cut_and_the_cut_is_said(raw: str | bytes) -> None:
    shown = printable(raw)
    assert len(shown) < LINE_LIMIT * 10 + 30
    assert shown.endswith(" more)")


def test_a_cut_says_how_much_is_missing() -> None:
    assert printable("abcdef", limit=4) == "abcd … (2 more)"
    assert printable("abcd", limit=4) == "abcd"


def test_a_block_keeps_its_lines() -> None:
    assert printable_block("a\r\nb\rc\n\x1bd") == "a\nb\nc\n\\x1bd"
    assert printable_block(b"a\n\xff") == "a\n\\xff"


@given(anything)
def test_a_block_holds_nothing_but_printable_text_and_line_breaks(raw: str | bytes) -> None:
    assert printable_block(raw).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("AUTH PLAIN AGFsaWNlAGh1bnRlcjI=", f"AUTH PLAIN {MASK}"),
        ("auth login YWxpY2U=", f"auth login {MASK}"),
        ("C: AUTH XOAUTH2 dXNlcj1hbGljZQ==", f"C: AUTH XOAUTH2 {MASK}"),
        ("AUTH SCRAM-SHA-256 biwsbj1hbGljZQ==", f"AUTH SCRAM-SHA-256 {MASK}"),
        ("smtp://alice:hunter2@mail.test:587", f"smtp://alice:{MASK}@mail.test:587"),
        ("smtp://alice@mail.test:hun/ter@2@mail.test:587", f"smtp://alice@mail.test:{MASK}@mail.test:587"),
        ("smtps+ssl://alice:hun/ter2@mail.test", f"smtps+ssl://alice:{MASK}@mail.test"),
        ("SMTP_PASSWORD=hunter2", f"SMTP_PASSWORD={MASK}"),
        ("MAIL_PASSWORD: 'hunter2'", f"MAIL_PASSWORD: '{MASK}'"),
        ('"password": "hunter2"', f'"password": "{MASK}"'),
        ("api_key => hunter2", f"api_key => {MASK}"),
        (f"{'prefix_' * 9}smtp_password=hunter2", f"{'prefix_' * 9}smtp_password={MASK}"),
        ("Authorization: Bearer eyJhbGciOi.J9", f"Authorization: Bearer {MASK}"),
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str, hidden: str) -> None:
    assert redact_credentials(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "535-5.7.8 Username and Password not accepted. For more information, go to",
        "250-AUTH PLAIN LOGIN XOAUTH2",
        "AUTH LOGIN mechanism not supported",
        "504 AUTH PLAIN Failed",
        "504 5.7.4 Unrecognized authentication type AUTH PLAIN",
        "connect to smtp://mail.test:587 failed",
        "see https://support.google.com/mail/?p=BadCredentials",
        "password too short",
    ],
)
def test_what_only_speaks_of_credentials_stays(text: str) -> None:
    assert redact_credentials(text) == text


@pytest.mark.parametrize("piece", ["a.", "AUTH ", "password", "x://a:", "smtp://a:", "Bearer ", "secret = "])
def test_hostile_text_does_not_hold_the_redaction_up(piece: str) -> None:
    assert redact_credentials(piece * (200_000 // len(piece)))


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Mail.Example.Test.", "mail.example.test"),
        ("bücher.test", "xn--bcher-kva.test"),
        ("_dmarc.example.test", "_dmarc.example.test"),
        ("mail..test", None),
        (".mail.test", None),
        ("x" * 64 + ".test", None),
        (".".join(["label"] * 60), None),
        ("a\x00b.test", None),
        ("\udcff.test", None),
        ("", None),
    ],
)
def test_a_host_name_has_one_form_in_ascii_or_none(host: str, name: str | None) -> None:
    assert in_ascii(host) == name


@pytest.mark.parametrize(
    ("host", "address"), [("[2001:DB8::1]", "2001:db8::1"), ("192.0.2.1", "192.0.2.1"), ("mail.test", None), ("", None)]
)
def test_a_host_is_an_address_or_a_name(host: str, address: str | None) -> None:
    assert literal_address(host) == address
