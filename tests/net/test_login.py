from __future__ import annotations

import asyncio
import base64

import pytest

from smtpwizard.model.evidence.dialogue import AuthAttempt, Disconnected, ReplyReceived
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.model.stage import Stage
from tests.net.hearing import PASSWORD, PATIENT, only
from tests.net.peer import Answer, Close, Expect, Send, Step, Wait, acting, session_with


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
