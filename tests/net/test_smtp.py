from __future__ import annotations

import asyncio
import base64
import ssl
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence import (
    AuthAttempt,
    Disconnected,
    Evidence,
    ForeignProtocol,
    ProtocolFlaw,
    ReplyReceived,
    Silence,
    StartTls,
)
from smtpwizard.model.ports import Heard, TlsPolicy
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.stage import Stage, Status
from smtpwizard.model.text import MASK
from smtpwizard.net.smtp import SmtpSession, default_ehlo_name, dot_stuffed, is_loopback
from tests.net.certificates import key, pem, unreadable
from tests.net.peer import (
    Answer,
    Await,
    Close,
    Dribble,
    Expect,
    Flood,
    Payload,
    Reset,
    Send,
    StartTlsAndSpeak,
    Step,
    Transcript,
    Wait,
    acting,
    session_with,
)
from tests.net.peer import (
    StartTls as UpgradeStep,
)

T = TypeVar("T", bound=Evidence)
PASSWORD = Secret("hunter2-Zebra")
GREETING = Send(b"220 mail.test ESMTP\r\n")
PATIENT = 5.0
SHORT = 0.15


def only(kind: type[T], heard: Heard) -> T:
    (found,) = [item for item in heard.evidence if isinstance(item, kind)]
    return found


def flaws(heard: Heard) -> list[str]:
    return [item.flaw for item in heard.evidence if isinstance(item, ProtocolFlaw)]


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


async def greet(session: SmtpSession, timeout: float) -> Heard:
    return await session.greeting(timeout)


async def introduce(session: SmtpSession, timeout: float) -> Heard:
    return (await session.ehlo("me", timeout))[0]


async def upgrade(session: SmtpSession, timeout: float) -> Heard:
    return await session.starttls(timeout)


async def log_in(session: SmtpSession, timeout: float) -> Heard:
    return await session.auth(Mechanism.PLAIN, "alice", PASSWORD, timeout)


async def send_from(session: SmtpSession, timeout: float) -> Heard:
    return await session.mail("a@mail.test", (), timeout)


async def send_to(session: SmtpSession, timeout: float) -> Heard:
    return await session.rcpt("b@mail.test", timeout)


async def forget(session: SmtpSession, timeout: float) -> Heard:
    return await session.rset(timeout)


async def ask_to_send(session: SmtpSession, timeout: float) -> Heard:
    return (await session.data(b"x", timeout))[0]


async def submit(session: SmtpSession, timeout: float) -> Heard:
    invited, taken = await session.data(b"x", timeout)
    return taken or invited


Take = Callable[[SmtpSession, float], Awaitable[Heard]]
STEPS: list[tuple[Take, Stage, list[Step]]] = [
    (greet, Stage.GREETING, []),
    (introduce, Stage.EHLO, [Expect("EHLO")]),
    (upgrade, Stage.STARTTLS, [Expect("STARTTLS")]),
    (log_in, Stage.AUTH, [Expect("AUTH")]),
    (send_from, Stage.MAIL, [Expect("MAIL")]),
    (send_to, Stage.RCPT, [Expect("RCPT")]),
    (forget, Stage.RCPT, [Expect("RSET")]),
    (ask_to_send, Stage.DATA, [Expect("DATA")]),
    (submit, Stage.DATA, [Expect("DATA"), Send(b"354 go\r\n"), Payload()]),
]
every_step = pytest.mark.parametrize(("take", "stage", "before"), STEPS, ids=[take.__name__ for take, _, _ in STEPS])


@every_step
async def test_a_server_that_hangs_up_is_seen_at_its_stage(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Close()]) as peer, session_with(peer) as session:
        heard = await take(session, PATIENT)
    seen = only(Disconnected, heard)
    assert heard.reply is None
    assert (seen.stage, seen.how) == (stage, "closed")


@every_step
async def test_a_reset_is_told_apart_from_a_close(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Reset()]) as peer, session_with(peer) as session:
        seen = only(Disconnected, await take(session, PATIENT))
    assert (seen.stage, seen.how, seen.errno) == (stage, "reset", "ECONNRESET")


@every_step
async def test_a_reply_421_is_heard_at_every_stage(take: Take, stage: Stage, before: list[Step]) -> None:
    script = [*before, Send(b"421 4.3.2 closing\r\n"), Close()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await take(session, PATIENT)
        await session.quit(PATIENT)
    seen = only(ReplyReceived, heard)
    assert (seen.stage, seen.code) == (stage, 421)
    assert "QUIT" not in peer.verbs


@every_step
async def test_silence_ends_a_step_at_its_time(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Wait()]) as peer, session_with(peer) as session:
        heard = await take(session, SHORT)
    seen = only(Silence, heard)
    assert (seen.stage, seen.received) == (stage, "")


@every_step
async def test_a_byte_now_and_then_does_not_prolong_a_step(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Dribble(b"2", 0.02)]) as peer, session_with(peer) as session:
        heard = await take(session, SHORT)
    seen = only(Silence, heard)
    assert seen.stage is stage
    assert seen.received.startswith("22")
    assert seen.fact == "silence:partial"


@every_step
async def test_lines_now_and_then_do_not_prolong_a_step(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Dribble(b"250-more\r\n", 0.02)]) as peer, session_with(peer) as session:
        seen = only(Silence, await take(session, SHORT))
    assert seen.stage is stage


@every_step
async def test_an_endless_reply_is_given_up(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Flood(b"250-more\r\n" * 100)]) as peer, session_with(peer) as session:
        heard = await take(session, PATIENT)
    assert flaws(heard) == ["endless-reply"]
    assert only(ProtocolFlaw, heard).stage is stage


@every_step
async def test_what_is_no_reply_is_a_flaw(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([*before, Send(b"\x00\xff[/b]\x1b[2J what\r\n")]) as peer, session_with(peer) as session:
        heard = await take(session, PATIENT)
    flaw = only(ProtocolFlaw, heard)
    assert (flaw.flaw, flaw.sample) == ("not-a-reply", "\\x00\\xff[/b]\\x1b[2J what")


@every_step
async def test_a_step_after_the_end_finds_the_connection_closed(take: Take, stage: Stage, before: list[Step]) -> None:
    async with acting([Close()]) as peer, session_with(peer) as session:
        assert only(Disconnected, await session.greeting(PATIENT)).stage is Stage.GREETING
        assert only(Disconnected, await take(session, PATIENT)).stage is stage


async def test_a_line_without_end_is_not_kept_in_memory() -> None:
    transcript = Transcript()
    async with acting([Flood(b"220 " + b"x" * 65536)]) as peer, session_with(peer, transcript) as session:
        heard = await session.greeting(SHORT)
    flaw = only(ProtocolFlaw, heard)
    assert (flaw.flaw, len(flaw.sample) <= 200) == ("endless-reply", True)
    assert len(transcript.text) < 10_000


async def test_a_megabyte_line_is_cut_and_the_reply_still_counts() -> None:
    line = b"220 mail.test " + b"x" * 1_000_000 + b"\r\n"
    async with acting([Send(line)]) as peer, session_with(peer) as session:
        heard = await session.greeting(PATIENT)
    assert heard.ok
    assert flaws(heard) == ["line-too-long"]
    assert all(len(text) < 2100 for text in only(ReplyReceived, heard).lines)


async def test_a_reply_of_long_lines_is_given_up_before_it_has_many() -> None:
    transcript = Transcript()
    async with (
        acting([Flood(b"220-" + b"x" * 8000 + b"\r\n")]) as peer,
        session_with(peer, transcript) as session,
    ):
        heard = await session.greeting(PATIENT)
    assert flaws(heard) == ["endless-reply"]
    assert len(transcript.text) < 100_000


async def test_everything_else_gets_a_turn_between_two_lines_of_a_reply() -> None:
    turns = 0
    loop = asyncio.get_running_loop()

    def turn() -> None:
        nonlocal turns
        turns += 1
        loop.call_soon(turn)

    class Timed(Transcript):
        def say(self, direction: Direction, text: str) -> None:
            super().say(direction, str(turns))

    transcript = Timed()
    async with (
        acting([Send(b"220-more\r\n" * 150 + b"220 last\r\n")]) as peer,
        session_with(peer, transcript) as session,
    ):
        turn()
        assert (await session.greeting(PATIENT)).ok
    times = [text for _, text in transcript.lines]
    assert len(times) == len(set(times)) == 151


async def test_a_flood_of_unasked_replies_is_given_up() -> None:
    async with acting([GREETING, Flood(b"250 x\r\n" * 1000)]) as peer, session_with(peer) as session:
        await session.greeting(PATIENT)
        heard = await session.rset(PATIENT)
    assert flaws(heard)[0] == "unasked-reply"
    assert flaws(heard)[-1] == "endless-reply"
    assert len(heard.evidence) < 50


async def test_hostile_bytes_come_out_printable_everywhere() -> None:
    transcript = Transcript()
    hostile = b"220-[/b]\x1b]0;x\x07\r\n220 \xe2\x80\xae\x00\xff\t\xc2\x9b\r\n"
    async with acting([Send(hostile)]) as peer, session_with(peer, transcript) as session:
        heard = await session.greeting(PATIENT)
    assert heard.reply is not None
    assert str(heard.reply).isprintable()
    assert all(text.isprintable() for _, text in transcript.lines)
    assert "\\u202e" in transcript.text


async def test_bare_line_feeds_end_lines_too() -> None:
    async with acting([Send(b"220-one\n220 two\n")]) as peer, session_with(peer) as session:
        assert (await session.greeting(PATIENT)).ok


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


async def test_after_a_reply_nobody_asked_for_no_command_goes_out() -> None:
    script: list[Step] = [Send(b"220 hello\r\n235 2.7.0 Authentication succeeded\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        await session.greeting(PATIENT)
        heard = await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
    assert not heard.ok
    assert only(ReplyReceived, heard).command is None
    assert only(ReplyReceived, heard).code == 235
    assert flaws(heard) == ["unasked-reply"]
    assert peer.received == []


async def test_an_unasked_421_answers_the_command_that_would_have_followed() -> None:
    script: list[Step] = [Send(b"220 hello\r\n421 4.4.2 timeout\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        await session.greeting(PATIENT)
        heard = await session.mail("a@mail.test", (), PATIENT)
    assert only(ReplyReceived, heard).code == 421
    assert flaws(heard) == []
    assert peer.received == []


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


async def test_one_log_in_is_one_auth_command_whatever_the_reply() -> None:
    script: list[Step] = [Expect("AUTH"), Send(b"535 5.7.8 no\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
    attempt = only(AuthAttempt, heard)
    assert (attempt.outcome, attempt.mechanism, attempt.attempts) == ("refused", "PLAIN", 1)
    assert peer.verbs == ["AUTH"]


async def test_endless_challenges_are_given_up_with_a_cancellation() -> None:
    challenge = Send(b"334 \r\n")
    script: list[Step] = [Expect("AUTH"), challenge]
    for _ in range(6):
        script += [Expect(""), challenge]
    script += [Expect("*"), Send(b"501 cancelled\r\n")]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
    assert only(AuthAttempt, heard).detail == "too-many-challenges"
    assert only(ReplyReceived, heard).code == 501


async def test_the_reply_to_the_last_answer_counts() -> None:
    script: list[Step] = [Expect("AUTH"), Send(b"334 \r\n")]
    for _ in range(5):
        script += [Expect(""), Send(b"334 \r\n")]
    script += [Expect(""), Send(b"535 no\r\n")]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.PLAIN, "alice", PASSWORD, PATIENT)
    assert only(AuthAttempt, heard).outcome == "refused"


async def test_a_server_that_takes_the_log_in_must_have_proven_that_it_knows_the_secret() -> None:
    def first(line: bytes) -> bytes:
        nonce = base64.b64decode(line.split()[2]).partition(b"r=")[2]
        salt = base64.b64encode(b"salt" * 4)
        return b"334 " + base64.b64encode(b"r=" + nonce + b"x,s=" + salt + b",i=4096") + b"\r\n"

    script: list[Step] = [Answer(first), Expect(""), Send(b"235 2.7.0 welcome\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.SCRAM_SHA_256, "alice", PASSWORD, PATIENT)
    attempt = only(AuthAttempt, heard)
    assert heard.reply is None
    assert (attempt.outcome, attempt.detail) == ("bad-challenge", "no-server-signature")


async def test_a_challenge_that_is_no_base64_cancels_the_log_in() -> None:
    script: list[Step] = [Expect("AUTH CRAM-MD5"), Send(b"334 <no base64>\r\n"), Expect("*"), Send(b"501 ok\r\n")]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.CRAM_MD5, "alice", PASSWORD, PATIENT)
    attempt = only(AuthAttempt, heard)
    assert heard.reply is None
    assert (attempt.outcome, attempt.detail) == ("bad-challenge", "no-base64")


async def test_a_bad_challenge_is_told_though_the_server_hangs_up_over_the_cancellation() -> None:
    script: list[Step] = [Expect("AUTH CRAM-MD5"), Send(b"334 <no base64>\r\n"), Expect("*"), Close()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.CRAM_MD5, "alice", PASSWORD, PATIENT)
    assert only(AuthAttempt, heard).outcome == "bad-challenge"
    assert only(Disconnected, heard).stage is Stage.AUTH


async def test_flaws_of_a_reply_that_never_ends_are_told_beside_the_silence() -> None:
    script: list[Step] = [Expect("RCPT"), Send(b"250-" + b"x" * 9000 + b"\r\n250-"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.rcpt("b@mail.test", SHORT)
    assert flaws(heard) == ["line-too-long"]
    assert only(Silence, heard).stage is Stage.RCPT


@pytest.mark.parametrize(
    ("username", "secret"),
    [("alice", "hunter\N{PILE OF POO}2"), ("alice\x07", "hunter2"), ("alice", "\u0627a")],
    ids=["emoji", "control character", "two directions"],
)
async def test_what_scram_cannot_carry_is_a_fact_and_nothing_is_sent(username: str, secret: str) -> None:
    async with acting([Wait()]) as peer:
        async with session_with(peer) as session:
            heard = await session.auth(Mechanism.SCRAM_SHA_256, username, Secret(secret), PATIENT)
        await peer.ended()
    assert heard.reply is None
    assert only(AuthAttempt, heard) == AuthAttempt("unpreparable", "SCRAM-SHA-256", (), 0)
    assert peer.received == []


async def test_the_loop_goes_on_while_a_scram_secret_is_worked_out() -> None:
    turns = [0, 0]

    def first(line: bytes) -> bytes:
        nonce = base64.b64decode(line.split()[2]).partition(b"r=")[2]
        turns[1] = turns[0]
        return b"334 " + base64.b64encode(b"r=" + nonce + b"x,s=QUJDREVGR0hJSktMTU5PUA==,i=999999") + b"\r\n"

    def last(line: bytes) -> bytes:
        turns[1] = turns[0] - turns[1]
        return b"535 no\r\n"

    async with acting([Answer(first), Answer(last), Wait()]) as peer, session_with(peer) as session:
        attempt = asyncio.ensure_future(session.auth(Mechanism.SCRAM_SHA_256, "alice", PASSWORD, PATIENT))
        while not attempt.done():
            turns[0] += 1
            await asyncio.sleep(0)
    # A handful go by in any case, while bytes cross the loopback.
    assert turns[1] > 200


async def test_the_error_challenge_of_oauth_is_decoded_and_answered() -> None:
    challenge = base64.b64encode(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}')
    script: list[Step] = [
        Expect("AUTH XOAUTH2 "),
        Send(b"334 " + challenge + b"\r\n"),
        Expect(""),
        Send(b"535 5.7.8 no\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.XOAUTH2, "alice", Secret("ya29.token"), PATIENT)
    assert only(AuthAttempt, heard).detail == "status=400 schemes=Bearer scope=https://mail.google.com/"
    assert peer.received[1] == b""


def echo_plain(line: bytes) -> bytes:
    return b"535 5.7.8 password hunter2-Zebra is wrong\r\n"


def echo_command(line: bytes) -> bytes:
    return b"535 5.7.8 bad command: " + line + b"\r\n"


def echo_base64(line: bytes) -> bytes:
    return b"535 " + base64.b64encode(b"hunter2-Zebra") + b"\r\n"


def echo_in_challenge(line: bytes) -> bytes:
    return b"334 " + base64.b64encode(b'{"status":"401","error":"hunter2-Zebra"}') + b"\r\n535 no\r\n"


def echo_in_garbage(line: bytes) -> bytes:
    return b"hunter2-Zebra\r\n"


def echo_unfinished(line: bytes) -> bytes:
    return b"535 hunter2-Zebr"


def echo_in_long_line(line: bytes) -> bytes:
    return b"535 " + b"x" * 1990 + b"hunter2-Zebra" + b"x" * 6000 + b"hunter2-Zebra" * 100 + b"\r\n"


def echo_multi_line(line: bytes) -> bytes:
    return b"535-hunter2-Zebra\r\n334-hunter2-Zebra\r\n535 hunter2-Zebra\r\n"


def echo_later(line: bytes) -> bytes:
    return b"235 ok\r\n250 unasked hunter2-Zebra\r\n"


@pytest.mark.parametrize(
    "echo",
    [
        echo_plain,
        echo_command,
        echo_base64,
        echo_in_challenge,
        echo_in_garbage,
        echo_unfinished,
        echo_in_long_line,
        echo_multi_line,
        echo_later,
    ],
)
@pytest.mark.parametrize("mechanism", [Mechanism.PLAIN, Mechanism.XOAUTH2])
async def test_a_password_that_the_server_says_back_is_hidden(
    echo: Callable[[bytes], bytes], mechanism: Mechanism
) -> None:
    transcript = Transcript()
    async with acting([Answer(echo), Wait()]) as peer, session_with(peer, transcript) as session:
        heard = await session.auth(mechanism, "alice", PASSWORD, SHORT)
        later = await session.rset(SHORT)
    for shown in (transcript.text, repr(heard), repr(later)):
        assert "hunter2" not in shown
        for offset in range(3):
            encoded = base64.b64encode(b"\0" * offset + b"hunter2-Zebra").decode()[offset + 1 : -4]
            assert encoded not in shown


async def test_a_password_that_looks_like_a_reply_code_breaks_nothing() -> None:
    async with acting([Answer(lambda line: b"535 5.7.8 535 is wrong\r\n")]) as peer, session_with(peer) as session:
        heard = await session.auth(Mechanism.PLAIN, "alice", Secret("535"), PATIENT)
    assert heard.reply is not None
    assert (heard.reply.code, heard.reply.enhanced) == (535, "5.7.8")


async def test_an_envelope_goes_out_in_one_group() -> None:
    script: list[Step] = [
        Expect("MAIL FROM:<a@mail.test>"),
        Expect("RCPT TO:<b@mail.test>"),
        Expect("RSET"),
        Expect("QUIT"),
        Send(b"250 2.1.0 ok\r\n550 5.1.1 unknown\r\n250 ok\r\n221 bye\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        assert (await session.mail("a@mail.test", (), PATIENT, recipient="b@mail.test", then="rset")).ok
        refused = await session.rcpt("b@mail.test", PATIENT)
        assert only(ReplyReceived, refused).code == 550
        assert flaws(refused) == []
        assert (await session.rset(PATIENT)).ok
        await session.quit(PATIENT)
        await peer.ended()
    assert peer.verbs == ["MAIL", "RCPT", "RSET", "QUIT"]


async def test_a_message_follows_its_envelope_without_waiting() -> None:
    script: list[Step] = [
        Expect("MAIL"),
        Expect("RCPT"),
        Expect("DATA"),
        Send(b"250 ok\r\n250 ok\r\n354 go\r\n"),
        Payload(),
        Expect("QUIT"),
        Send(b"250 queued\r\n221 bye\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        await session.mail("a@mail.test", (), PATIENT, recipient="b@mail.test", then="data")
        assert (await session.rcpt("b@mail.test", PATIENT)).ok
        _, taken = await session.data(b"x\r\n", PATIENT, then_quit=True)
        assert taken is not None
        assert taken.ok
        await session.quit(PATIENT)
        await peer.ended()
    assert peer.verbs.count("QUIT") == 1


async def test_a_refused_sender_in_a_group_leaves_in_good_order() -> None:
    script: list[Step] = [
        Expect("MAIL"),
        Expect("RCPT"),
        Expect("DATA"),
        Send(b"550 no\r\n503 first MAIL\r\n503 first RCPT\r\n"),
        Expect("QUIT"),
        Send(b"221 bye\r\n"),
    ]
    async with acting(script) as peer, session_with(peer) as session:
        assert not (await session.mail("a@mail.test", (), PATIENT, recipient="b@mail.test", then="data")).ok
        await session.quit(PATIENT)
        await peer.ended()
    assert peer.verbs == ["MAIL", "RCPT", "DATA", "QUIT"]


async def test_no_message_follows_a_refused_data() -> None:
    async with acting([Expect("DATA"), Send(b"554 5.5.1 no\r\n"), Wait()]) as peer, session_with(peer) as session:
        invited, taken = await session.data(b"x", PATIENT)
        await session.quit(SHORT)
    assert taken is None
    assert only(ReplyReceived, invited).code == 554
    assert peer.verbs == ["DATA", "QUIT"]


@pytest.mark.parametrize("code", [250, 221, 334])
async def test_data_is_followed_by_a_message_only_where_one_is_asked_for(code: int) -> None:
    async with acting([Expect("DATA"), Send(b"%d x\r\n" % code), Wait()]) as peer, session_with(peer) as session:
        invited, taken = await session.data(b"x", PATIENT)
    assert (invited.reply, taken) == (None, None)
    assert flaws(invited) == ["unexpected-code"]


async def test_a_message_is_not_taken_where_more_is_asked_for() -> None:
    script: list[Step] = [Expect("DATA"), Send(b"354 go\r\n"), Payload(), Send(b"354 more\r\n"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        _, taken = await session.data(b"x", PATIENT)
    assert taken is not None
    assert taken.reply is None
    assert flaws(taken) == ["unexpected-code"]


@pytest.mark.parametrize("code", [211, 214, 220, 221, 235, 354])
async def test_a_yes_to_something_else_is_none(code: int) -> None:
    async with acting([Expect("RCPT"), Send(b"%d x\r\n" % code), Wait()]) as peer, session_with(peer) as session:
        heard = await session.rcpt("b@mail.test", PATIENT)
    assert heard.reply is None
    assert flaws(heard) == ["unexpected-code"]


async def test_an_unfinished_line_that_no_reply_has_is_no_slowness() -> None:
    async with acting([Send(b"220 " + b"x" * 20_000), Wait()]) as peer, session_with(peer) as session:
        assert flaws(await session.greeting(SHORT)) == ["endless-reply"]


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (b"250-ok\r\n550-no\r\n250 ok\r\n", Status.WARN),
        (b"250-ok\r\n250 ok\r\n", Status.PASS),
        (b"250-ok\r\n550 no\r\n", Status.FAIL),
    ],
)
async def test_a_reply_that_contradicts_itself_is_a_warning(reply: bytes, status: Status) -> None:
    async with acting([Expect("RCPT"), Send(reply), Wait()]) as peer, session_with(peer) as session:
        heard = await session.rcpt("b@mail.test", PATIENT)
    assert heard.status is status


@pytest.mark.parametrize("address", ["a@x\r\nDATA", "a\x00@x", "a@x\n"])
async def test_a_line_break_in_an_address_never_becomes_a_command(address: str) -> None:
    async with acting([Wait()]) as peer, session_with(peer) as session:
        for take in (session.mail(address, (), PATIENT), session.rcpt(address, PATIENT)):
            with pytest.raises(ValueError, match="control character"):
                await take
    assert peer.received == []


async def test_leaving_never_fails() -> None:
    for last in (Close(), Reset(), Send(b"garbage\r\n"), Wait()):
        async with acting([Expect("QUIT"), last]) as peer, session_with(peer) as session:
            await session.quit(SHORT)
            await session.quit(SHORT)
        assert peer.verbs == ["QUIT"]


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        (b"a\nb", b"a\r\nb\r\n"),
        (b"a\rb\r\n", b"a\r\nb\r\n"),
        (b".\r\n", b"..\r\n"),
        (b"a\n.b\n..c\n", b"a\r\n..b\r\n...c\r\n"),
        (b"a.b\r\n", b"a.b\r\n"),
        (b"", b"\r\n"),
        (b"a\n.\nQUIT\n", b"a\r\n..\r\nQUIT\r\n"),
    ],
)
def test_a_message_is_dot_stuffed(message: bytes, sent: bytes) -> None:
    assert dot_stuffed(message) == sent


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
