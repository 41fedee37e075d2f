"""What a server says and does at each step: the scenario's rule where one holds, else what is usual."""

from __future__ import annotations

import asyncio
import base64
import datetime
import re
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from smtpwizard.practice.link import Gone, Link
from smtpwizard.practice.received import Memory
from smtpwizard.practice.scenario import Rule, Scenario, Step, Then

COMMAND_LIMIT: Final = 12_288
"""Octets of a command line: what RFC 4954, section 4 wants for AUTH."""
BEFORE_RESET: Final = 0.05
"""Seconds that earlier replies get to arrive: RST makes the client's system forget what was not read yet."""
ENDLESS_PIECE: Final = 4096
"""Octets of what never ends that are sent at once."""

_TOKEN: Final = re.compile(rb"\{(?:name|argument|password|password64|date(?P<days>[+-]\d{1,4})?)\}")


class Script:
    """The server's part in one session."""

    def __init__(self, link: Link, scenario: Scenario, memory: Memory) -> None:
        self._link = link
        self._scenario = scenario
        self._memory = memory
        self._steps: Counter[Step] = Counter()
        self.encrypted = False
        self.authenticated = False

    def insists(self, step: Step, argument: str) -> bool:
        """Whether the scenario has something to say to whoever has not logged in."""
        return any(
            rule.authenticated is False and self._holds(rule, argument)
            for rule in self._scenario.on
            if rule.step is step
        )

    async def act(self, step: Step, argument: str, usual: Sequence[str]) -> int:
        """Do what the scenario has for a step, or else the usual. The code of the reply, 0 where there is none."""
        return await self.play(self.choose(step, argument), usual, argument)

    async def play(self, rule: Rule | None, usual: Sequence[str], argument: str, password: str = "") -> int:
        """Do what a rule has, or else the usual. The code of the reply, 0 where there is none."""
        if rule is not None:
            code = await self.perform(rule, argument, password)
            if octets_of(rule):
                return code
        return await self.say(usual)

    def choose(
        self, step: Step, argument: str, *, mechanism: str | None = None, right: bool | None = None
    ) -> Rule | None:
        """The rule for a step that has come; asking counts as one more time. `right` is about the credentials."""
        before = self._steps[step]
        self._steps[step] += 1
        for number, rule in enumerate(self._scenario.on):
            if (
                rule.step is not step
                or not self._holds(rule, argument)
                or before < rule.after
                or (rule.mechanism is not None and rule.mechanism != mechanism)
                or (rule.credentials is not None and (rule.credentials == "right") is not right)
                or (rule.times is not None and self._memory.times_heard(number, argument) >= rule.times)
            ):
                continue
            return rule
        return None

    def _holds(self, rule: Rule, argument: str) -> bool:
        return (
            (rule.encrypted is None or rule.encrypted is self.encrypted)
            and (rule.authenticated is None or rule.authenticated is self.authenticated)
            and (rule.argument is None or fnmatchcase(argument.casefold(), rule.argument.casefold()))
        )

    async def perform(self, rule: Rule, argument: str, password: str = "") -> int:
        """Do what a rule says. The code of what was said, 0 where nothing was."""
        if rule.delay:
            await self._link.pause(rule.delay)
        said = self._filled(octets_of(rule), argument, password)
        if rule.endless and not rule.pace:
            said *= max(1, ENDLESS_PIECE // max(1, len(said)))
        while said:
            await self._link.write(said, pace=rule.pace)
            if rule.then is Then.AGAIN and not rule.endless:
                if (await self._link.read_line(COMMAND_LIMIT)).strip() == b"*":
                    return await self.say(("501 5.7.0 Authentication aborted",))
            elif not rule.endless:
                break
            await asyncio.sleep(0)
        match rule.then:
            case Then.CLOSE:
                raise Gone
            case Then.RESET:
                await self._link.pause(BEFORE_RESET)
                self._link.reset()
                raise Gone
            case Then.SILENCE:
                await self._link.ignore()
                raise Gone
            case Then.GO_ON | Then.AGAIN:
                return code_of(said)

    def _filled(self, said: bytes, argument: str, password: str) -> bytes:
        secret = password.encode("utf-8", "surrogateescape")
        values = {
            b"{name}": self._scenario.name.encode(),
            b"{argument}": argument.encode("utf-8", "surrogateescape"),
            b"{password}": secret,
            b"{password64}": base64.b64encode(secret),
        }
        return _TOKEN.sub(lambda token: values[token[0]] if token[0] in values else _date(token["days"]), said)

    async def say(self, lines: Sequence[str]) -> int:
        """Send reply lines. The code of the first, 0 where there is none."""
        octets = "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")
        if octets:
            await self._link.write(self._filled(octets, "", ""))
        return code_of(octets)


def _date(days: bytes | None) -> bytes:
    """So many days from now, as messages and greetings write it (RFC 5322, section 3.3)."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=int(days or 0))
    # Few scenarios tell the time.
    from email.utils import format_datetime

    return format_datetime(moment).encode()


def octets_of(rule: Rule) -> bytes:
    """What a rule says, before anything is filled in."""
    lines = list(rule.reply)
    if lines and rule.pad:
        lines[-1] += "x" * rule.pad
    text = "".join(f"{line}\r\n" for line in lines) + rule.raw
    return text.encode() + bytes.fromhex(rule.hex)


def code_of(octets: bytes) -> int:
    """The reply code that something to be sent begins with, 0 where it begins with none."""
    first = octets[:3]
    return int(first) if first.isdigit() else 0
