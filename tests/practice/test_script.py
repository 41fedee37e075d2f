from __future__ import annotations

import base64
import errno
import socket
import time
from collections.abc import Callable, Mapping

import pytest

from smtpwizard.practice.server import Served

Play = Callable[..., Served]


def _dial(served: Served) -> socket.socket:
    return socket.create_connection((served.host, served.port), timeout=5)


def _hear(served: Served, *say: bytes) -> bytes:
    """Everything the server says to these lines, until it closes."""
    with _dial(served) as client, client.makefile("rb") as file:
        client.sendall(b"".join(line + b"\r\n" for line in say))
        return file.read()


def _clear(*rules: Mapping[str, object], **keys: object) -> dict[str, object]:
    return {"security": "none", "auth_required": False, "on": list(rules), **keys}


def test_a_reply_is_sent_as_lines_raw_text_as_it_stands_and_octets_as_they_are(play: Play) -> None:
    rule = {"step": "greeting", "reply": ["220 ü"], "raw": "raw\n", "hex": "00ff", "then": "close"}

    assert _hear(play(**_clear(rule))) == "220 ü\r\nraw\n".encode() + b"\x00\xff"


def test_a_reset_is_seen_as_one_and_what_was_said_before_arrives(play: Play) -> None:
    served = play(**_clear({"step": "noop", "then": "reset"}))

    with _dial(served) as client, client.makefile("rb") as file:
        client.sendall(b"NOOP\r\n")
        assert file.readline().startswith(b"220")
        with pytest.raises(ConnectionResetError) as caught:
            file.readline()

    assert caught.value.errno == errno.ECONNRESET


def test_a_close_is_an_orderly_end(play: Play) -> None:
    assert _hear(play(**_clear({"step": "connect", "then": "close"}))) == b""


def test_silence_says_nothing_and_stays_open(play: Play) -> None:
    served = play(**_clear({"step": "connect", "then": "silence"}))

    with _dial(served) as client:
        client.sendall(b"EHLO c\r\n")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_dribble_sends_octet_by_octet(play: Play) -> None:
    served = play(**_clear({"step": "greeting", "reply": ["220 x"], "pace": 0.02, "then": "close"}))
    began = time.monotonic()

    assert _hear(served) == b"220 x\r\n"
    assert time.monotonic() - began >= 0.02 * 6


def test_a_delay_alone_only_delays_the_usual_answer(play: Play) -> None:
    served = play(**_clear({"step": "noop", "delay": 0.1}))
    began = time.monotonic()

    assert b"250 2.0.0 Ok" in _hear(served, b"NOOP", b"QUIT")
    assert time.monotonic() - began >= 0.1


def test_padding_makes_a_line_of_that_length(play: Play) -> None:
    heard = _hear(play(**_clear({"step": "greeting", "reply": ["220 "], "pad": 1_048_576, "then": "close"})))

    assert len(heard) == 4 + 1_048_576 + 2
    assert heard.count(b"\n") == 1


def test_what_is_endless_goes_on_until_the_client_leaves(play: Play) -> None:
    served = play(**_clear({"step": "greeting", "reply": ["220-more"], "endless": True}))

    with _dial(served) as client:
        received = 0
        while received < 3_000_000:
            received += len(client.recv(65536))
    with _dial(served) as client:
        assert client.recv(8) == b"220-more"


def test_the_same_again_ends_when_the_client_cancels(play: Play) -> None:
    served = play(**_clear({"step": "auth", "reply": ["334 VXNlcm5hbWU6"], "then": "again"}))

    heard = _hear(served, b"EHLO c", b"AUTH LOGIN", b"YQ==", b"YQ==", b"*", b"QUIT")

    assert heard.count(b"334 VXNlcm5hbWU6\r\n") == 3
    assert b"501 5.7.0" in heard


def test_placeholders_are_filled_in_once(play: Play) -> None:
    reply = "535 {argument}|{password}|{password64}|{name}|{other}"
    served = play(
        **_clear(
            {"step": "credentials", "reply": [reply], "then": "close"}, username="{password}", password="se{name}t"
        )
    )
    initial = base64.b64encode(b"\0{password}\0se{name}t")

    heard = _hear(served, b"EHLO c", b"AUTH PLAIN " + initial)

    secret64 = base64.b64encode(b"se{name}t").decode()
    assert heard.splitlines()[-1].decode() == (f"535 {{password}}|se{{name}}t|{secret64}|mail.practice.test|{{other}}")


def test_the_first_rule_whose_conditions_hold_is_taken(play: Play) -> None:
    served = play(
        **_clear(
            {"step": "rcpt", "argument": "*@no.test", "reply": ["550 no"]},
            {"step": "rcpt", "argument": "MAYBE@*", "times": 1, "reply": ["451 later"]},
            {"step": "rcpt", "after": 4, "reply": ["452 enough"]},
        )
    )

    heard = _hear(
        served,
        b"EHLO c",
        b"MAIL FROM:<a@b.test>",
        *(b"RCPT TO:<%s>" % to for to in (b"x@no.test", b"maybe@b.test", b"maybe@b.test", b"y@b.test", b"z@b.test")),
        b"QUIT",
    )

    codes = [line[:3].decode() for line in heard.splitlines() if line[3:4] == b" "]
    assert codes[3:-1] == ["550", "451", "250", "250", "452"]


def test_a_rule_can_be_for_one_mechanism_and_for_wrong_credentials_only(play: Play) -> None:
    rule = {"step": "credentials", "mechanism": "PLAIN", "credentials": "wrong", "reply": ["534 other"]}
    served = play(**_clear(rule, username="ada", password="right"))
    wrong, right = (base64.b64encode(b"\0ada\0" + secret) for secret in (b"wrong", b"right"))

    heard = _hear(
        served, b"EHLO c", b"AUTH PLAIN " + wrong, b"AUTH LOGIN", b"YWRh", b"YQ==", b"AUTH PLAIN " + right, b"QUIT"
    )

    codes = [line[:3].decode() for line in heard.splitlines() if line[3:4] == b" "]
    assert codes == ["220", "250", "534", "334", "334", "535", "235", "221"]


def test_an_oauth_refusal_comes_after_its_error_challenge(play: Play) -> None:
    rule = {"step": "credentials", "error_challenge": '{"status":"401"}', "reply": ["535 5.7.8 no"]}
    served = play(**_clear(rule, mechanisms=["XOAUTH2"], username="ada", password="token"))
    response = base64.b64encode(b"user=ada\x01auth=Bearer token\x01\x01")

    heard = _hear(served, b"EHLO c", b"AUTH XOAUTH2 " + response, b"", b"QUIT")

    assert b"334 " + base64.b64encode(b'{"status":"401"}') + b"\r\n535 5.7.8 no\r\n" in heard
