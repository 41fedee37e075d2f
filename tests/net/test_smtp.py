from __future__ import annotations

import asyncio
import ssl
import warnings
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smtpwizard.model.evidence.dialogue import Disconnected, ForeignProtocol, ReplyReceived, Silence
from smtpwizard.model.evidence.tls import StartTls
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import MASK
from smtpwizard.net.smtp import default_ehlo_name, is_loopback
from tests.net.certificates import key, pem, unreadable
from tests.net.hearing import GREETING, PASSWORD, PATIENT, SHORT, only
from tests.net.peer import (
    Await,
    Close,
    Expect,
    Payload,
    Send,
    StartTlsAndSpeak,
    Step,
    Transcript,
    Wait,
    acting,
    session_with,
)
from tests.net.peer import StartTls as UpgradeStep
from tests.net.steps import ask_to_send, forget, log_in, send_from, send_to, upgrade


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting(ca_file: str) -> TlsPolicy:
    return TlsPolicy("localhost", ca_file)


async def test_a_whole_session_says_what_it_should_and_nothing_else() -> None:
    script: list[Step] = [
        GREETING,
        Expect("EHLO client.test"),
        Send(b"250-mail.test\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n"),
        Expect("AUTH PLAIN"),
        Send(b"235 2.7.0 Accepted\r\n"),
        Expect("MAIL FROM:<a@mail.test> SMTPUTF8"),
        Send(b"250 2.1.0 Ok\r\n"),
        Expect("RCPT TO:<b@mail.test>"),
        Send(b"250 2.1.5 Ok\r\n"),
        Expect("DATA"),
        Send(b"354 go ahead\r\n"),
        Payload(),
        Send(b"250 2.0.0 queued as 1\r\n"),
        Expect("RSET"),
        Send(b"250 Ok\r\n"),
        Expect("QUIT"),
        Send(b"221 bye\r\n"),
    ]
    transcript = Transcript()
    async with acting(script) as peer, session_with(peer, transcript) as session:
        greeting = await session.greeting(PATIENT)
        assert only(ReplyReceived, greeting).command is None
        _, offers = await session.ehlo("client.test", PATIENT)
        assert offers is not None
        assert (offers.auth, offers.size) == (("PLAIN",), 1000)
        assert (await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)).ok
        assert (await session.mail("a@mail.test", ("SMTPUTF8",), PATIENT)).ok
        assert (await session.rcpt("b@mail.test", PATIENT)).ok
        invited, taken = await session.data(b"Subject: x\n\n.dot\n", PATIENT)
        assert taken is not None
        assert only(ReplyReceived, invited).code == 354
        assert only(ReplyReceived, taken).command == "message"
        assert (await session.rset(PATIENT)).ok
        await session.quit(PATIENT)
        await peer.ended()
    assert b"Subject: x\r\n\r\n..dot\r\n.\r\n" in peer.received
    assert "hunter2" not in transcript.text
    assert f"AUTH PLAIN {MASK}" in transcript.text


async def test_every_reply_is_tied_to_its_stage_and_command() -> None:
    script: list[Step] = [GREETING, Expect("RCPT"), Send(b"550-5.1.1 No such\r\n550 5.1.1 user\r\n")]
    async with acting(script) as peer, session_with(peer) as session:
        await session.greeting(PATIENT)
        seen = only(ReplyReceived, await session.rcpt("b@mail.test", PATIENT))
    assert (seen.stage, seen.command, seen.code, seen.enhanced) == (Stage.RCPT, "RCPT", 550, "5.1.1")
    assert seen.lines == ("No such", "user")


@pytest.mark.parametrize("code", [500, 502])
async def test_a_server_that_does_not_know_ehlo_is_greeted_with_helo(code: int) -> None:
    script: list[Step] = [
        Expect("EHLO me"),
        Send(b"%d what\r\n" % code),
        Expect("HELO me"),
        Send(b"250 mail.test\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        heard, offers = await session.ehlo("me", PATIENT)
    assert heard.ok
    assert offers is not None
    assert offers.keywords == ()
    assert [item.code for item in heard.evidence if isinstance(item, ReplyReceived)] == [code, 250]


async def test_a_refused_name_is_not_tried_again() -> None:
    script: list[Step] = [Expect("EHLO"), Send(b"550 not you\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard, offers = await session.ehlo("me", PATIENT)
    assert not heard.ok
    assert offers is None
    assert peer.verbs == ["EHLO"]


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "http"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "ssh"),
        (b"* OK IMAP4rev1 ready\r\n", "imap"),
        (b"+OK POP3 ready\r\n", "pop3"),
        (b"220 ProFTPD FTP Server ready\r\n", "ftp"),
        (b"-DENIED Redis is running in protected mode\r\n", "redis"),
    ],
)
async def test_another_protocol_is_recognised_in_place_of_a_greeting(data: bytes, protocol: str) -> None:
    async with acting([Send(data), Wait()]) as peer, session_with(peer) as session:
        heard = await session.greeting(PATIENT)
    assert heard.reply is None
    assert only(ForeignProtocol, heard).protocol == protocol


async def test_another_protocol_is_recognised_by_an_unfinished_line() -> None:
    mysql = b"J\x00\x00\x00\x0a8.0.36\x00"
    async with acting([Send(mysql), Wait()]) as peer, session_with(peer) as session:
        assert only(ForeignProtocol, await session.greeting(SHORT)).protocol == "mysql"
    async with acting([Send(mysql), Close()]) as peer, session_with(peer) as session:
        assert only(ForeignProtocol, await session.greeting(PATIENT)).protocol == "mysql"


async def test_starttls_is_refused_where_the_server_says_so() -> None:
    async with acting([Expect("STARTTLS"), Send(b"454 4.7.0 not now\r\n")]) as peer, session_with(peer) as session:
        heard = await session.starttls(PATIENT)
    assert not heard.ok
    assert only(StartTls, heard) == StartTls("refused", "454 4.7.0 not now")


async def test_bytes_in_the_segment_of_the_starttls_reply_end_the_session() -> None:
    script: list[Step] = [Expect("STARTTLS"), Send(b"220 go\r\n250 injected\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.starttls(PATIENT)
        assert heard.reply is None
        assert only(StartTls, heard) == StartTls("injected", "250 injected")
        with pytest.raises(PermissionError):
            await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
    assert peer.verbs == ["STARTTLS"]


async def test_bytes_between_the_starttls_reply_and_the_handshake_end_the_session(
    server_tls: ssl.SSLContext, trusting: TlsPolicy
) -> None:
    go_on = asyncio.Event()
    script: list[Step] = [
        GREETING,
        Expect("STARTTLS"),
        Send(b"220 go ahead\r\n"),
        Await(go_on),
        Send(b"250 injected\r\n"),
        UpgradeStep(server_tls),
    ]
    transcript = Transcript()
    async with acting(script) as peer, session_with(peer, transcript) as session:
        await session.greeting(PATIENT)
        assert only(StartTls, await session.starttls(PATIENT)).outcome == "accepted"
        go_on.set()
        async with asyncio.timeout(PATIENT):
            while not session._wire.unread:  # noqa: ASYNC110 - the wire tells nobody of what nobody reads
                await asyncio.sleep(0)
        shaken = await session.handshake(trusting, PATIENT)
        assert shaken.injected == StartTls("injected", "250 injected")
        assert not shaken.trusted
        assert not session.encrypted
        await peer.ended()
    assert "250 injected" in transcript.text


async def test_after_starttls_nothing_is_said_in_the_clear() -> None:
    async with acting([Expect("STARTTLS"), Send(b"220 go\r\n"), Wait()]) as peer, session_with(peer) as session:
        assert only(StartTls, await session.starttls(PATIENT)).outcome == "accepted"
        with pytest.raises(PermissionError):
            await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
        with pytest.raises(PermissionError):
            await session.mail("a@mail.test", (), PATIENT)
    assert peer.verbs == ["STARTTLS"]


async def test_starttls_leads_to_an_encrypted_session(server_tls: ssl.SSLContext, trusting: TlsPolicy) -> None:
    script: list[Step] = [
        GREETING,
        Expect("STARTTLS"),
        Send(b"220 go\r\n"),
        UpgradeStep(server_tls),
        Expect("EHLO"),
        Send(b"250-mail.test\r\n250 AUTH PLAIN\r\n"),
        Expect("AUTH PLAIN"),
        Send(b"235 ok\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        await session.greeting(PATIENT)
        await session.starttls(PATIENT)
        shaken = await session.handshake(trusting, PATIENT)
        assert shaken.trusted
        assert session.encrypted
        assert shaken.handshake.version == "TLSv1.3"
        assert shaken.handshake.cipher
        assert (await session.ehlo("me", PATIENT))[0].ok
        assert (await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)).ok


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_greeting_that_comes_with_the_end_of_the_handshake_is_heard(
    server_tls: ssl.SSLContext, trusting: TlsPolicy, version: ssl.TLSVersion
) -> None:
    server_tls.maximum_version = version
    script: list[Step] = [StartTlsAndSpeak(server_tls, b"220 mail.test\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        assert (await session.handshake(trusting, PATIENT)).trusted
        assert (await session.greeting(PATIENT)).ok


async def test_nothing_but_ehlo_and_quit_is_said_to_a_peer_that_is_not_trusted(server_tls: ssl.SSLContext) -> None:
    script: list[Step] = [
        GREETING,
        Expect("EHLO"),
        Send(b"250 AUTH PLAIN\r\n"),
        Expect("QUIT"),
        Send(b"221 bye\r\n"),
    ]
    async with acting(script, tls=server_tls) as peer, session_with(peer) as session:
        shaken = await session.handshake(TlsPolicy("localhost"), PATIENT)
        assert not shaken.trusted
        assert shaken.certificate is not None
        assert shaken.certificate.verdict == "unknown-issuer"
        assert (await session.greeting(PATIENT)).ok
        await session.ehlo("me", PATIENT)
        for forbidden in (log_in, send_from, send_to, forget, ask_to_send, upgrade):
            with pytest.raises(PermissionError):
                await forbidden(session, PATIENT)
        await session.quit(PATIENT)
        await peer.ended()
    assert peer.verbs == ["EHLO", "QUIT"]


async def test_a_pin_makes_up_for_a_missing_authority(server_tls: ssl.SSLContext) -> None:
    script: list[Step] = [GREETING, Expect("MAIL"), Send(b"250 ok\r\n")]
    async with acting(script, tls=server_tls) as peer:
        async with session_with(peer) as session:
            seen = (await session.handshake(TlsPolicy("localhost"), PATIENT)).certificate
        assert seen is not None
        async with session_with(peer) as session:
            assert (await session.handshake(TlsPolicy("localhost", pin=seen.spki_sha256), PATIENT)).trusted
            await session.greeting(PATIENT)
            assert (await session.mail("a@mail.test", (), PATIENT)).ok


@pytest.mark.parametrize("kind", ["unknown version", "unusual name"])
async def test_a_hostile_certificate_is_a_fact(kind: str, tmp_path: Path) -> None:
    raw, authority = unreadable(kind, "localhost")
    path = tmp_path / "server.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(raw))
    path.with_suffix(".key").write_bytes(key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, path.with_suffix(".key"))
    (ca_file := tmp_path / "ca.pem").write_bytes(pem(authority.certificate))
    async with acting([Wait()], tls=context) as peer, session_with(peer) as session:
        shaken = await session.handshake(TlsPolicy("localhost", str(ca_file)), PATIENT)
    assert not shaken.trusted
    if kind == "unknown version":
        assert shaken.handshake.fact == "handshake:unreadable-certificate"
    else:
        assert shaken.certificate is not None
        assert shaken.certificate.verdict == "invalid"


@pytest.mark.parametrize("host", ["mail..test", "x" * 64 + ".test", "a\x00b"])
async def test_a_host_that_is_no_host_name_gets_its_verdict(host: str, server_tls: ssl.SSLContext) -> None:
    async with acting([Wait()], tls=server_tls) as peer, session_with(peer) as session:
        shaken = await session.handshake(TlsPolicy(host), PATIENT)
    assert shaken.certificate is not None
    assert not shaken.trusted


async def test_tls_meets_a_server_that_speaks_first_in_the_clear(trusting: TlsPolicy) -> None:
    async with acting([GREETING, Wait()]) as peer, session_with(peer) as session:
        shaken = await session.handshake(trusting, PATIENT)
        assert shaken.handshake.outcome == "failed"
        assert shaken.handshake.reason == "wrong-version-number"
        assert shaken.certificate is None
        assert not shaken.trusted
        with pytest.raises(PermissionError):
            await session.mail("a@mail.test", (), PATIENT)


async def test_tls_meets_a_server_that_speaks_first_by_an_alert(trusting: TlsPolicy) -> None:
    async with acting([Send(b"\x15\x03\x03\x00\x02\x02\x28"), Wait()]) as peer, session_with(peer) as session:
        async with asyncio.timeout(PATIENT):
            while not session._wire.unread:  # noqa: ASYNC110 - the wire tells nobody of what nobody reads
                await asyncio.sleep(0)
        shaken = await session.handshake(trusting, PATIENT)
    assert shaken.handshake.fact == "handshake:unexpected-message"


async def test_tls_meets_a_server_that_waits_and_then_hangs_up(trusting: TlsPolicy) -> None:
    async with acting([Close()]) as peer, session_with(peer) as session:
        handshake = (await session.handshake(trusting, PATIENT)).handshake
    assert handshake.outcome == "failed"
    assert handshake.reason in {"connection-closed", "connection-reset"}


async def test_tls_meets_a_server_that_says_nothing(trusting: TlsPolicy) -> None:
    async with acting([Wait()]) as peer, session_with(peer) as session:
        assert (await session.handshake(trusting, SHORT)).handshake.outcome == "timeout"


async def test_a_plain_session_meets_a_port_that_wants_tls(server_tls: ssl.SSLContext) -> None:
    async with acting([GREETING], tls=server_tls) as peer, session_with(peer) as session:
        assert only(Silence, await session.greeting(SHORT)).received == ""


async def test_a_demanded_client_certificate_ends_in_evidence(
    server_tls: ssl.SSLContext, authority: trustme.CA, trusting: TlsPolicy
) -> None:
    server_tls.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server_tls)
    async with acting([GREETING, Wait()], tls=server_tls) as peer, session_with(peer) as session:
        shaken = await session.handshake(trusting, PATIENT)
        # By TLS 1.3 the client is done before the server refuses; the refusal then meets the first step.
        heard = await session.greeting(PATIENT) if shaken.handshake.outcome == "done" else None
    if heard is not None:
        ended = only(Disconnected, heard)
        assert ended.how in {"tls", "closed", "reset"}
    else:
        assert shaken.handshake.reason


async def test_old_tls_versions_are_not_spoken(server_tls: ssl.SSLContext, trusting: TlsPolicy) -> None:
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        server_tls.maximum_version = ssl.TLSVersion.TLSv1_1
    server_tls.set_ciphers("ALL:@SECLEVEL=0")
    async with acting([GREETING], tls=server_tls) as peer, session_with(peer) as session:
        handshake = (await session.handshake(trusting, PATIENT)).handshake
    assert handshake.outcome == "failed"
    assert handshake.reason


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("::1%lo", True),
        ("localhost", False),
        ("", False),
    ],
)
def test_loopback_is_told_by_the_address(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


async def test_no_log_in_goes_out_in_the_clear_to_another_machine() -> None:
    async with acting([Expect("AUTH"), Send(b"235 ok\r\n")]) as peer, session_with(peer) as session:
        session._address = "192.0.2.1"
        with pytest.raises(PermissionError):
            await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
        assert peer.received == []
    script: list[Step] = [Expect("AUTH"), Send(b"235 ok\r\n")]
    async with acting(script) as peer, session_with(peer, allow_cleartext_auth=True) as session:
        session._address = "192.0.2.1"
        assert (await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)).ok


async def test_no_message_follows_a_refused_data() -> None:
    async with acting([Expect("DATA"), Send(b"554 5.5.1 no\r\n"), Wait()]) as peer, session_with(peer) as session:
        invited, taken = await session.data(b"x", PATIENT)
        await session.quit(SHORT)
    assert taken is None
    assert only(ReplyReceived, invited).code == 554
    assert peer.verbs == ["DATA", "QUIT"]


@pytest.mark.parametrize(
    ("host", "address", "name"),
    [
        ("mail.example.test", "127.0.0.1", "mail.example.test"),
        ("laptop", "192.0.2.7", "[192.0.2.7]"),
        ("laptop.local", "192.0.2.7", "[192.0.2.7]"),
        ("bad_name.example", "192.0.2.7", "[192.0.2.7]"),
        ("laptop", "2001:db8::7", "[IPv6:2001:db8::7]"),
    ],
)
def test_ehlo_names_this_machine_or_its_address(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str, name: str
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: host)
    assert default_ehlo_name(address) == name


async def test_old_versions_are_agreed_to_only_to_be_named_and_never_trusted(
    authority: trustme.CA, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    async with acting([Wait()], tls=context) as peer:
        async with session_with(peer) as session:
            shaken = await session.handshake(TlsPolicy("localhost", str(ca_file)), 5.0)
            assert shaken.handshake.outcome == "failed"
        async with session_with(peer) as session:
            shaken = await session.handshake(TlsPolicy("localhost", str(ca_file), legacy=True), 5.0)
            assert (shaken.handshake.outcome, shaken.handshake.version) == ("done", "TLSv1.1")
            assert not shaken.trusted
            with pytest.raises(PermissionError):
                await session.mail("a@mail.test", (), 5.0)
