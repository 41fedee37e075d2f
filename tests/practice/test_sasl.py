from __future__ import annotations

import hashlib
import hmac

import pytest

from smtpwizard.practice.sasl import MECHANISMS, BadResponseError, Conversation, LogIn, converse, decode

USER, PASSWORD = "ada@practice.test", "pässword"


def _last(conversation: Conversation, response: bytes) -> LogIn:
    with pytest.raises(StopIteration) as ended:
        conversation.send(response)
    outcome: LogIn = ended.value.value
    return outcome


def _begin(mechanism: str) -> tuple[Conversation, bytes]:
    conversation = converse(mechanism, USER, PASSWORD, "mail.practice.test")
    return conversation, next(conversation)


@pytest.mark.parametrize(("password", "right"), [(PASSWORD, True), ("password", False), ("", False)])
def test_plain(password: str, right: bool) -> None:
    conversation, challenge = _begin("PLAIN")

    assert challenge == b""
    assert _last(conversation, f"\0{USER}\0{password}".encode()) == LogIn(right, USER, password)


@pytest.mark.parametrize(("password", "right"), [(PASSWORD, True), ("password", False)])
def test_login(password: str, right: bool) -> None:
    conversation, challenge = _begin("LOGIN")

    assert challenge == b"Username:"
    assert conversation.send(USER.encode()) == b"Password:"
    assert _last(conversation, password.encode()) == LogIn(right, USER, password)


@pytest.mark.parametrize(("password", "right"), [(PASSWORD, True), ("password", False)])
def test_cram_md5(password: str, right: bool) -> None:
    conversation, challenge = _begin("CRAM-MD5")
    digest = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()

    assert _last(conversation, f"{USER} {digest}".encode()) == LogIn(right, USER)


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256"])
@pytest.mark.parametrize(
    ("username", "password", "right"), [(USER, PASSWORD, True), (USER, "password", False), ("eve", PASSWORD, False)]
)
def test_scram(mechanism: str, username: str, password: str, right: bool) -> None:
    from scramp import ScramClient

    conversation, _ = _begin(mechanism)
    client = ScramClient([mechanism], username, password)

    client.set_server_first(conversation.send(client.get_client_first().encode()).decode())
    final = client.get_client_final().encode()
    if right:
        client.set_server_final(conversation.send(final).decode())
        final = b""

    assert _last(conversation, final) == LogIn(right, username)


@pytest.mark.parametrize(("token", "right"), [(PASSWORD, True), ("expired", False)])
def test_xoauth2(token: str, right: bool) -> None:
    conversation, _ = _begin("XOAUTH2")

    assert _last(conversation, f"user={USER}\x01auth=Bearer {token}\x01\x01".encode()) == LogIn(right, USER, token)


@pytest.mark.parametrize(("token", "right"), [(PASSWORD, True), ("expired", False)])
def test_oauthbearer(token: str, right: bool) -> None:
    conversation, _ = _begin("OAUTHBEARER")
    response = f"n,a={USER},\x01host=h\x01port=587\x01auth=Bearer {token}\x01\x01".encode()

    assert _last(conversation, response) == LogIn(right, USER, token)


@pytest.mark.parametrize(
    ("mechanism", "response"),
    [
        ("PLAIN", b"one\0two"),
        ("PLAIN", b"\0\xff\xfe\0x"),
        ("XOAUTH2", b"user=ada\x01auth=Basic x\x01\x01"),
        ("OAUTHBEARER", b"nonsense"),
        ("SCRAM-SHA-256", b"\xff"),
        ("SCRAM-SHA-256", b"nonsense"),
    ],
)
def test_a_response_that_makes_no_sense_is_told_from_a_wrong_one(mechanism: str, response: bytes) -> None:
    conversation, _ = _begin(mechanism)

    with pytest.raises(BadResponseError):
        conversation.send(response)


def test_what_is_not_here_is_a_key_error() -> None:
    assert "NTLM" not in MECHANISMS
    with pytest.raises(KeyError):
        converse("NTLM", USER, PASSWORD, "mail.practice.test")


def test_an_equals_sign_is_the_empty_response() -> None:
    assert decode("=") == b""
    with pytest.raises(BadResponseError):
        decode("not base64!")
