"""Reads moments in what servers say: greetings, and headers of HTTP."""

from __future__ import annotations

import datetime
import re
from typing import Final

_DATE: Final = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), +)?\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{4}"
    r" +\d{1,2}:\d\d(?::\d\d)? +(?:[+-]\d{4}|GMT|UTC|UT|Z|E[SD]T|C[SD]T|M[SD]T|P[SD]T)(?![\w+-])",
    re.IGNORECASE,
)
"""A date with its zone (RFC 5322, sections 3.3 and 4.3), as Exim, Sendmail, Exchange and others greet with."""
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})? ?(?:Z|[+-]\d\d:?\d\d)(?!\d)")


def told_time(text: str) -> str | None:
    """The moment that a text tells, as RFC 3339 in UTC; None where it tells none, or not in which zone."""
    try:
        if found := _DATE.search(text):
            from email.utils import parsedate_to_datetime

            said = parsedate_to_datetime(re.sub(r"(?i)\b(?:UTC|UT|Z)$", "GMT", found[0]))
        elif found := _ISO.search(text):
            said = datetime.datetime.fromisoformat(found[0].replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
        else:
            return None
        return written(said.astimezone(datetime.UTC)) if said.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def written(moment: datetime.datetime) -> str:
    """A moment in UTC as RFC 3339 writes it, to the second; the year has four digits, however long ago it was."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
