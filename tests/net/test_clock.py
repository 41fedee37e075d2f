from __future__ import annotations

import datetime

from smtpwizard.net.clock import SystemClock


def test_the_clock_goes_forward_and_says_utc() -> None:
    clock = SystemClock()
    assert clock.monotonic() <= clock.monotonic()
    assert clock.now().endswith("Z")
    assert datetime.datetime.fromisoformat(clock.now()).utcoffset() == datetime.timedelta(0)
