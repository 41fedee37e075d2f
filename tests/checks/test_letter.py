from __future__ import annotations

import email
from email import policy
from email.utils import parsedate_to_datetime

import msgspec
import pytest

from smtpwizard.checks.letter import compose
from tests.checks.fakes import ACCOUNT

NOW = "2026-11-21T10:00:00Z"


def test_the_message_is_well_formed_and_says_what_it_is() -> None:
    letter = compose(ACCOUNT, NOW)
    read = email.message_from_bytes(letter.octets, policy=policy.default)
    assert (read["From"], read["To"], read["Auto-Submitted"]) == ("a@mail.test", "b@mail.test", "auto-generated")
    assert read["Message-ID"] == letter.message_id
    assert letter.token in read["Subject"]
    assert letter.token in read.get_content()
    assert parsedate_to_datetime(read["Date"]).isoformat() == "2026-11-21T10:00:00+00:00"
    assert read.defects == []


def test_no_two_messages_are_the_same() -> None:
    one, other = compose(ACCOUNT, NOW), compose(ACCOUNT, NOW)
    assert (one.token, one.message_id) != (other.token, other.message_id)


@pytest.mark.parametrize("address", ["a@mail.test", "jürgen@bücher.example", "a@[", 'a@["', "(a@mail.test"])
def test_lines_end_as_the_protocol_has_it(address: str) -> None:
    octets = compose(msgspec.structs.replace(ACCOUNT, sender=address), NOW).octets
    assert octets.count(b"\n") == octets.count(b"\r\n") > 5
    assert address.encode() in octets


@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\udc0a"])
@pytest.mark.parametrize("field", ["sender", "recipient"])
def test_no_address_can_begin_another_header(field: str, breaks: str) -> None:
    account = msgspec.structs.replace(ACCOUNT, **{field: f"a@mail.test{breaks}Bcc: b@mail.test"})
    letter = compose(account, NOW)
    assert (
        email.message_from_bytes(letter.octets).keys() == email.message_from_bytes(compose(ACCOUNT, NOW).octets).keys()
    )
    assert letter.message_id in letter.octets.decode()


def test_the_body_is_ascii_whatever_the_host_is_called() -> None:
    octets = compose(msgspec.structs.replace(ACCOUNT, host="bücher.example"), NOW).octets
    assert octets.isascii()
    assert b"xn--bcher-kva.example" in octets
