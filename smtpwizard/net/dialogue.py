"""Commands and the replies to them, over one connection (RFC 5321, section 4.2, and RFC 2920).

A reply keeps its raw lines, whatever is wrong with them is evidence, and a secret that the server repeats is hidden
before anyone sees it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence.dialogue import Disconnected, ForeignProtocol, ProtocolFlaw, ReplyReceived, Silence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.ports import Heard, Say
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Reply, ReplyFlaw, ReplySyntaxError, parse_reply, split_reply_line
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import printable
from smtpwizard.net.clock import since
from smtpwizard.net.protocols import recognise
from smtpwizard.net.wire import LINE_LIMIT, EndlessReplyError, Wire, WireClosed

REPLY_LINES: Final = 200
"""Lines of one reply that are read before it counts as endless."""
REPLY_LENGTH: Final = 128 * 1024
"""Characters of one reply likewise; by RFC 5321, section 4.5.3.1.5 so many lines have 100 kB at most."""
UNASKED: Final = 20
"""Replies to nothing that are taken before they count as endless."""
OF_OTHERS: Final = frozenset({211, 214, 220, 221, 235})
"""Positive codes that RFC 5321, section 4.2.3, and RFC 4954 give to other commands than those of an envelope."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

Exchange = Callable[[list[AnyEvidence]], Awaitable[Reply | None]]
"""One exchange: it adds what it sees to the list, which counts however it ends, and returns the reply that stands."""


class Dialogue:
    """What is said on a connection and what comes back, one exchange after the other."""

    def __init__(self, wire: Wire, say: Say) -> None:
        self._wire = wire
        self._say = say
        self._ahead: deque[str] = deque()
        """Commands that went out in a group and whose replies are still to be taken."""
        self.over = False
        """Nothing more may be said."""
        self.secret: Secret | None = None
        """What is hidden wherever the server repeats it."""

    async def command(self, stage: Stage, line: str, timeout: float, ahead: Sequence[str] = ()) -> Heard:
        """Say a command and take the reply, within `timeout` seconds.

        `ahead` are the commands that go out in the same group. When their turn comes, only the reply is taken.
        """
        return await self.request(stage, timeout, partial(self._command, line, ahead, stage))

    async def message(self, message: bytes, timeout: float, *, then_quit: bool) -> Heard:
        """Send the message that DATA was invited to, and take the reply to it, within `timeout` seconds."""
        return await self.exchange(Stage.DATA, timeout, partial(self._message, message, then_quit))

    async def request(self, stage: Stage, timeout: float, exchange: Exchange) -> Heard:
        """Run an exchange that begins with a command.

        Replies that are there before it were not asked for. From then on no reply can be told from the one before it,
        as for every other client, so the exchange fails.
        """

        async def after_unasked(seen: list[AnyEvidence]) -> Reply | None:
            while self._wire.has_line and not self._ahead:
                if len(seen) >= 2 * UNASKED:
                    raise EndlessReplyError
                reply = await self.reply(stage, None, seen)
                if reply.code == 421:
                    return reply
                seen.append(ProtocolFlaw(stage, "unasked-reply", str(reply)[:80]))
            return None if seen else await exchange(seen)

        return await self.exchange(stage, timeout, after_unasked)

    async def exchange(self, stage: Stage, timeout: float, exchange: Exchange) -> Heard:
        """Run one exchange within its time limit, and turn each way it can fail into evidence, after what was seen."""
        began = time.monotonic()
        seen: list[AnyEvidence] = []
        try:
            async with asyncio.timeout(timeout):
                return Heard(await exchange(seen), tuple(seen))
        except (TimeoutError, WireClosed, ReplySyntaxError, EndlessReplyError) as fault:
            self.over = True
            seen.extend(self._failed(stage, fault, since(began)))
            await self._wire.drop()
            return Heard(None, tuple(seen))

    async def reply(self, stage: Stage, command: str | None, seen: list[AnyEvidence]) -> Reply:
        """The next reply, recorded as the one to a command, None where nothing was asked.

        Raises:
            WireClosed: the connection ended before the reply did.
            ReplySyntaxError: a line is no reply line.
            EndlessReplyError: its end is not waited for.
        """
        began = time.monotonic()
        before = len(seen)
        reply = self.published(await self.read(stage, seen))
        # Its flaws come after it.
        seen.insert(before, received(reply, stage, command, began))
        return reply

    async def read(self, stage: Stage, seen: list[AnyEvidence]) -> Reply:
        """The next reply, its flaws added to what was seen.

        A challenge in it is as it came, and to be `published` before anyone sees it.

        Raises:
            WireClosed, ReplySyntaxError, EndlessReplyError: as `reply` does.
        """
        lines: list[str] = []
        length = 0
        too_long = False
        while True:
            raw, cut = await self._wire.read_line()
            line = printable(raw, limit=4 * LINE_LIMIT)
            shown = self._shown(raw, cut=cut)
            self._say(Direction.RECEIVE, shown)
            if cut and not too_long:
                too_long = True
                seen.append(ProtocolFlaw(stage, ReplyFlaw.LINE_TOO_LONG, shown[:80]))
            code, last, _ = split_reply_line(line)
            # A challenge is needed as it came.
            lines.append(line if code == 334 else line[:4] + self.hidden(line[4:], cut=cut))
            if last:
                break
            length += len(line)
            if len(lines) >= REPLY_LINES or length > REPLY_LENGTH:
                raise EndlessReplyError
            # Lines that wait are read without a pause, and whoever shows them has to get a turn in between.
            await asyncio.sleep(0)
        reply, flaws = parse_reply(lines)
        seen.extend(ProtocolFlaw(stage, flaw, self.hidden(lines[0])[:80]) for flaw in flaws)
        if reply.code == 421:
            # RFC 5321, section 3.8: the server is closing the channel.
            self.over = True
        return reply

    async def send(self, *lines: str, shown: str | None = None) -> None:
        """Say lines in one group; `shown` stands for each in the transcript.

        Raises:
            ValueError: a line holds a control character, which could end it and begin another one.
            WireClosed: the connection has ended.
        """
        for line in lines:
            if CONTROL.search(line):
                raise ValueError("a command would hold a control character")
            self._say(Direction.SEND, shown if shown is not None else printable(line))
        await self._wire.write("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))

    def published(self, reply: Reply) -> Reply:
        """The reply as others may see it: without the secret, its lines not too long."""
        return Reply(reply.code, reply.enhanced, tuple(printable(self.hidden(line)) for line in reply.lines))

    def hidden(self, text: str, *, cut: bool = False) -> str:
        """The text without the secret, and without its beginning at the end where the text was cut."""
        return text if self.secret is None else self.secret.redact(text, cut=cut)

    async def refuse(self, early: bytes) -> str:
        """End the session over bytes that came before their time; how they are shown."""
        shown = printable(early, limit=200)
        self._say(Direction.RECEIVE, shown)
        await self.close()
        return shown

    async def leave(self, timeout: float) -> None:
        """Say QUIT where anything may still be said, within `timeout` seconds, and close."""
        if not self.over:
            # The session has served its purpose: how it is ended changes no result.
            with suppress(WireClosed, TimeoutError, EndlessReplyError, ReplySyntaxError):
                async with asyncio.timeout(timeout):
                    await self._finish_group()
        self.over = True
        await self._wire.leave()

    async def close(self) -> None:
        """Drop the connection at once, and see the socket closed."""
        self.over = True
        await self._wire.drop()

    async def _finish_group(self) -> None:
        """Take the replies to what went out ahead and is not needed any more, and leave."""
        while self._ahead:
            line = self._ahead.popleft()
            reply = await self.read(Stage.DELIVERY, [])
            if line == "DATA" and reply.code == 354:
                # RFC 2920, section 3.1: invited although no recipient stands, the client ends the message at once.
                await self.send(".")
                await self.read(Stage.DELIVERY, [])
            if line == "QUIT":
                return
        await self.send("QUIT")
        await self.read(Stage.DELIVERY, [])

    async def _command(self, line: str, ahead: Sequence[str], stage: Stage, seen: list[AnyEvidence]) -> Reply | None:
        if self._ahead and self._ahead[0] == line:
            self._ahead.popleft()
        else:
            await self.send(line, *ahead)
            self._ahead.extend(ahead)
        return await self._answer(stage, line.partition(" ")[0], seen)

    async def _message(self, message: bytes, then_quit: bool, seen: list[AnyEvidence]) -> Reply | None:
        self._say(Direction.SEND, f"({len(message)} octets of message)")
        self._say(Direction.SEND, ".")
        # RFC 2920, section 3.1: the message may be the first of a group.
        await self._wire.write(dot_stuffed(message) + b".\r\n" + (b"QUIT\r\n" if then_quit else b""))
        if then_quit:
            self._say(Direction.SEND, "QUIT")
            self._ahead.append("QUIT")
        return await self._answer(Stage.DATA, "message", seen)

    async def _answer(self, stage: Stage, command: str, seen: list[AnyEvidence]) -> Reply | None:
        """The reply to a command; none, and a flaw, where it says yes to something else."""
        reply = await self.reply(stage, command, seen)
        if not _misplaced(command, reply):
            return reply
        seen.append(ProtocolFlaw(stage, "unexpected-code", str(reply)[:80]))
        return None

    def _failed(self, stage: Stage, fault: Exception, waited_ms: float) -> Sequence[AnyEvidence]:
        """What a fault that ends the session is evidence of."""
        unfinished = self._wire.partial
        shown = self._shown(unfinished, cut=True)[:200]
        first, sample = unfinished.decode("latin-1"), printable(unfinished, limit=200)
        if isinstance(fault, ReplySyntaxError):
            first, sample = fault.line, fault.line[:200]
        protocol = recognise(first) if first and stage is Stage.GREETING else None
        foreign = () if protocol is None else (ForeignProtocol(protocol, sample),)
        match fault:
            case WireClosed():
                return foreign or (Disconnected(stage, fault.how, fault.errno, fault.detail),)
            case ReplySyntaxError():
                return foreign or (ProtocolFlaw(stage, "not-a-reply", self.hidden(fault.line)[:200]),)
            case EndlessReplyError():
                return (ProtocolFlaw(stage, "endless-reply", shown),)
            case _ if self._wire.overlong:
                # It was not slow.
                return (ProtocolFlaw(stage, "endless-reply", shown), *foreign)
            case _:
                return (Silence(stage, waited_ms, shown), *foreign)

    def _shown(self, raw: bytes, *, cut: bool = False) -> str:
        return printable(self.hidden(printable(raw, limit=4 * LINE_LIMIT), cut=cut))


def received(reply: Reply, stage: Stage, command: str | None, began: float) -> ReplyReceived:
    """The fact that a reply came, to what, and how long after a moment of `time.monotonic`."""
    return ReplyReceived(stage, command, reply.code, reply.enhanced, reply.lines, since(began))


def dot_stuffed(message: bytes) -> bytes:
    """A message as DATA carries it: CRLF line ends, and a dot before each leading dot (RFC 5321, section 4.5.2)."""
    normal = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not normal.endswith(b"\r\n"):
        normal += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", normal)


def _misplaced(command: str, reply: Reply) -> bool:
    """Whether a positive reply answers another command than this one: the two sides are out of step."""
    if command == "DATA":
        return reply.is_positive and reply.code != 354
    if command == "STARTTLS" and reply.code == 220:
        return False
    # RFC 5321, section 4.2.1: 3yz asks for more, which only DATA has.
    return 300 <= reply.code < 400 or reply.code in OF_OTHERS
