"""What a session heard, looked through."""

from __future__ import annotations

from typing import TypeVar

from smtpwizard.model.evidence.base import Evidence
from smtpwizard.model.evidence.dialogue import ProtocolFlaw
from smtpwizard.model.ports import Heard
from smtpwizard.model.secret import Secret
from tests.net.peer import Send

T = TypeVar("T", bound=Evidence)
PASSWORD = Secret("hunter2-Zebra")
GREETING = Send(b"220 mail.test ESMTP\r\n")
PATIENT = 5.0
SHORT = 0.15


def only(kind: type[T], heard: Heard) -> T:
    (found,) = [item for item in heard.evidence if isinstance(item, kind)]
    return found


def flaws(heard: Heard) -> list[str]:
    return [item.flaw for item in heard.evidence if isinstance(item, ProtocolFlaw)]
