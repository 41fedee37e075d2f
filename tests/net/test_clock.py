from __future__ import annotations

import datetime
import time

from smtpwizard.net.clock import SystemClock, since


def test_the_clock_goes_forward_and_says_utc() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now().endswith("Z")
    assert datetime.datetime.fromisoformat(clock.now()).utcoffset() == datetime.timedelta(0)


def test_time_that_went_by_is_counted_in_milliseconds() -> None:
    assert 1500 <= since(time.monotonic() - 1.5) < 2500
