from __future__ import annotations

import pytest

from smtpwizard.model.text import printable
from smtpwizard.net.protocols import recognise


@pytest.mark.parametrize(
    ("first", "protocol"),
    [
        (b"HTTP/1.1 400 Bad Request", "http"),
        (b"<!DOCTYPE html>", "http"),
        (b"SSH-2.0-OpenSSH_9.2p1", "ssh"),
        (b"* OK [CAPABILITY IMAP4rev1] Dovecot ready.", "imap"),
        (b"+OK Dovecot ready.", "pop3"),
        (b"-DENIED Redis is running in protected mode", "redis"),
        (b"-ERR unknown command 'EHLO'", "redis"),
        (b"\x15\x03\x01\x00\x02\x02F", "tls-alert"),
        (b"\x16\x03\x01\x02\x00", "tls"),
        (b"RFB 003.008", "vnc"),
        (b"[\x00\x00\x00\x0a8.0.36", "mysql"),
        (b"\x81\x00\x00\x00", "mysql"),
        (b"201 news.example.test NNTP ready", "nntp"),
        (b"220 mail.example.test LMTP ready", "lmtp"),
        (b"220 (vsFTPd 3.0.3)", "ftp"),
        (b"220 FileZilla Server 1.8.0", "ftp"),
    ],
)
def test_another_protocol_gives_itself_away(first: bytes, protocol: str) -> None:
    assert recognise(printable(first)) == protocol
    assert recognise(first.decode("latin-1")) == protocol


@pytest.mark.parametrize(
    "first",
    [
        "220 mail.example.test ESMTP Postfix",
        "220 ftp.example.test ESMTP FTP relay",
        "220 smtp.gmail.com ESMTP d9443c01a7336",
        "554 5.7.1 No service",
        "",
        "250 ok",
    ],
)
def test_smtp_is_none_of_them(first: str) -> None:
    assert recognise(first) is None
