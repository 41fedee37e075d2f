from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.dialogue import Disconnected, ProtocolFlaw, ReplyReceived, Silence
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.stage import Stage, Status
from smtpwizard.net.dialogue import dot_stuffed
from tests.net.hearing import GREETING, PASSWORD, PATIENT, SHORT, flaws, only
from tests.net.peer import (
    Answer,
    Close,
    Dribble,
    Expect,
    Flood,
    Payload,
    Reset,
    Send,
    Step,
    Transcript,
    Wait,
    acting,
    session_with,
)
from tests.net.steps import Take, ask_to_send, forget, greet, introduce, log_in, send_from, send_to, submit, upgrade

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


async def test_flaws_of_a_reply_that_never_ends_are_told_beside_the_silence() -> None:
    script: list[Step] = [Expect("RCPT"), Send(b"250-" + b"x" * 9000 + b"\r\n250-"), Wait()]
    async with acting(script) as peer, session_with(peer) as session:
        heard = await session.rcpt("b@mail.test", SHORT)
    assert flaws(heard) == ["line-too-long"]
    assert only(Silence, heard).stage is Stage.RCPT


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
