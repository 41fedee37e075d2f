from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from scramp import ScramMechanism

from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Mechanism
from smtpwizard.net.sasl import BadChallengeError, Conversation, converse, decode_challenge, oauth_error

PASSWORD = Secret("pässword=,1")


def start(
    mechanism: Mechanism, username: str = "alice", secret: Secret = PASSWORD
) -> tuple[Conversation, bytes | None]:
    conversation = converse(mechanism, username, secret, "mail.test", 587)
    return conversation, next(conversation)


def test_plain_says_all_at_once() -> None:
    _, first = start(Mechanism.PLAIN)
    assert first == b"\x00alice\x00p\xc3\xa4ssword=,1"


def test_bytes_that_are_no_utf_8_go_out_as_they_came() -> None:
    _, first = start(Mechanism.PLAIN, secret=Secret(b"p\xe4ss".decode("utf-8", "surrogateescape")))
    assert first == b"\x00alice\x00p\xe4ss"


def test_login_answers_two_questions_and_no_third() -> None:
    conversation, first = start(Mechanism.LOGIN)
    assert first is None
    assert conversation.send(b"Username:") == b"alice"
    assert conversation.send(b"anything") == b"p\xc3\xa4ssword=,1"
    with pytest.raises(BadChallengeError) as raised:
        conversation.send(b"More:")
    assert raised.value.reason == "no-challenge-expected"


def test_cram_md5_is_the_keyed_hash_of_the_challenge() -> None:
    # The example of RFC 2195, section 2.
    conversation, first = start(Mechanism.CRAM_MD5, "tim", Secret("tanstaaftanstaaf"))
    assert first is None
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    assert conversation.send(challenge) == b"tim b913a602c7eda7a495b4e6e7334d3890"
    with pytest.raises(BadChallengeError):
        conversation.send(challenge)


def test_cram_md5_takes_any_octets() -> None:
    conversation, _ = start(Mechanism.CRAM_MD5)
    digest = hmac.new(PASSWORD.reveal().encode(), b"\xff\x00", hashlib.md5).hexdigest()
    assert conversation.send(b"\xff\x00") == f"alice {digest}".encode()


@pytest.mark.parametrize("mechanism", [Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_1])
def test_scram_satisfies_an_independent_server(mechanism: Mechanism) -> None:
    scheme = ScramMechanism(str(mechanism))
    stored = scheme.make_auth_info(PASSWORD.reveal(), iteration_count=4096)
    server = scheme.make_server(lambda username: stored)
    conversation, first = start(mechanism)
    assert first is not None
    server.set_client_first(first.decode())
    proof = conversation.send(server.get_server_first().encode())
    assert proof is not None
    server.set_client_final(proof.decode())
    assert conversation.send(server.get_server_final().encode()) == b""


def test_scram_notices_a_server_that_does_not_know_the_password() -> None:
    scheme = ScramMechanism("SCRAM-SHA-256")
    server = scheme.make_server(lambda username: scheme.make_auth_info(PASSWORD.reveal(), iteration_count=4096))
    conversation, first = start(Mechanism.SCRAM_SHA_256)
    assert first is not None
    server.set_client_first(first.decode())
    conversation.send(server.get_server_first().encode())
    with pytest.raises(BadChallengeError) as raised:
        conversation.send(b"v=" + base64.b64encode(b"x" * 32))
    assert raised.value.reason == "no-scram"


@pytest.mark.parametrize(
    "challenge", [b"", b"nonsense", b"\xff\xfe", b"r=x,s=y,i=z", b"r=other,s=QQ==,i=4096", b"e=no"]
)
def test_scram_refuses_what_is_no_scram(challenge: bytes) -> None:
    conversation, _ = start(Mechanism.SCRAM_SHA_256)
    with pytest.raises(BadChallengeError) as raised:
        conversation.send(challenge)
    assert raised.value.reason == "no-scram"


def test_scram_refuses_an_iteration_count_that_would_hold_it_up() -> None:
    conversation, first = start(Mechanism.SCRAM_SHA_256)
    assert first is not None
    nonce = first.decode().partition("r=")[2]
    with pytest.raises(BadChallengeError):
        conversation.send(f"r={nonce}x,s=QUJDREVGR0hJSktMTU5PUA==,i=2000000000".encode())


def test_xoauth2_has_the_form_of_its_specification() -> None:
    _, first = start(Mechanism.XOAUTH2, "someuser@example.com", Secret("ya29.vF9dft4"))
    assert first == b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4\x01\x01"


def test_oauthbearer_escapes_the_user_name() -> None:
    _, first = start(Mechanism.OAUTHBEARER, "a=b,c", Secret("token"))
    assert first == b"n,a=a=3Db=2Cc,\x01host=mail.test\x01port=587\x01auth=Bearer token\x01\x01"


@pytest.mark.parametrize("mechanism", [Mechanism.XOAUTH2, Mechanism.OAUTHBEARER, Mechanism.PLAIN])
def test_an_error_challenge_is_answered_by_nothing(mechanism: Mechanism) -> None:
    conversation, _ = start(mechanism)
    assert conversation.send(b'{"status":"400"}') == b""


def test_a_challenge_that_makes_no_sense_is_not_answered() -> None:
    conversation, _ = start(Mechanism.PLAIN)
    with pytest.raises(BadChallengeError) as raised:
        conversation.send(b"Password:")
    assert raised.value.reason == "no-challenge-expected"


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"mail"}', "status=400 schemes=Bearer scope=mail"),
        (b'{"error":"invalid_token"}', "error=invalid_token"),
        (b'{"status":"\\u001b[2J"}', "status=\\x1b[2J"),
        (b"{}", None),
        (b"[]", None),
        (b"\xff", None),
        (b"", None),
        pytest.param(b"[" * 100_000, None, id="deep"),
    ],
)
def test_an_error_challenge_is_read(challenge: bytes, said: str | None) -> None:
    assert oauth_error(challenge) == said


@pytest.mark.parametrize("text", ["<no base64>", "QQ", "QQ=", "Q Q==", "é"])
def test_what_is_no_base64_is_no_challenge(text: str) -> None:
    with pytest.raises(BadChallengeError) as raised:
        decode_challenge(text)
    assert raised.value.reason == "no-base64"


def test_a_challenge_may_be_empty() -> None:
    assert decode_challenge("") == b""
    assert decode_challenge(" VXNlcm5hbWU6 ") == b"Username:"
