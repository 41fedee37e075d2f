from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model.moment import told_time


@pytest.mark.parametrize(
    ("greeting", "moment"),
    [
        ("mail.test ESMTP Exim 4.98.2 Sat, 28 Nov 2026 19:12:00 +0000", "2026-11-28T19:12:00Z"),
        ("mail.test ESMTP Exim 4.98.2 Sat, 28 Nov 2026 20:12:00 +0100", "2026-11-28T19:12:00Z"),
        ("mail.test ESMTP Sendmail 8.18.1/8.18.1; Sat, 28 Nov 2026 14:12:00 -0500", "2026-11-28T19:12:00Z"),
        (
            "AM0.example Microsoft ESMTP MAIL Service ready at Sat, 28 Nov 2026 19:12:00 +0000 [08DE]",
            "2026-11-28T19:12:00Z",
        ),
        ("mail.test ready 28 Nov 2026 19:12 GMT", "2026-11-28T19:12:00Z"),
        ("mail.test ready Sat, 28 Nov 2026 19:12:00 UTC", "2026-11-28T19:12:00Z"),
        ("mail.test ready 2026-11-28T19:12:00Z", "2026-11-28T19:12:00Z"),
        ("mail.test ready 2026-11-28 20:12:00 +0100", "2026-11-28T19:12:00Z"),
        ("mail.test ready Mon, 01 Jan 0999 00:00:00 +0000", "0999-01-01T00:00:00Z"),
        ("mail.test ready 0001-01-02T00:00:00.25Z", "0001-01-02T00:00:00Z"),
    ],
)
def test_a_date_with_its_zone_is_read(greeting: str, moment: str) -> None:
    assert told_time(greeting) == moment


@pytest.mark.parametrize(
    "greeting",
    [
        "mail.test ESMTP Postfix",
        "mail.test Sat Nov 28 19:12:00 2026",
        "mail.test Sat, 28 Nov 2026 19:12:00",
        "mail.test Sat, 99 Nov 2026 19:12:00 +0000",
        "mail.test 28 Nov 2026 77:12:00 +0000",
        "mail.test 31 Dec 9999 23:59:59 -1400",
        "mail.test 2026-13-28T19:12:00Z",
        "",
    ],
)
def test_what_is_no_certain_moment_is_none(greeting: str) -> None:
    assert told_time(greeting) is None


@given(st.from_regex(r"\A\d{1,2} Nov \d{4} \d{1,2}:\d\d:\d\d [+-]\d{4}\Z"))
def test_no_date_of_a_server_is_too_odd(greeting: str) -> None:
    told = told_time(greeting)
    assert told is None or datetime.datetime.fromisoformat(told).tzinfo is not None
