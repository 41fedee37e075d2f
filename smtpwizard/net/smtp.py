"""One SMTP session, stage by stage, over our own connection (RFC 5321, 3207, 4954, 2920)."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import re
import socket
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, Literal

import msgspec

from smtpwizard.model.event import Direction
from smtpwizard.model.evidence import (
    AnyEvidence,
    AuthAttempt,
    Disconnected,
    ForeignProtocol,
    Handshake,
    ProtocolFlaw,
    ReplyReceived,
    ServerSoftware,
    Silence,
    StartTls,
)
from smtpwizard.model.ports import Heard, Say, Shaken, TlsPolicy
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import (
    Extensions,
    Mechanism,
    Reply,
    ReplyFlaw,
    ReplySyntaxError,
    parse_reply,
    split_reply_line,
)
from smtpwizard.model.software import Software, recognise_software
from smtpwizard.model.stage import Stage
from smtpwizard.model.text import MASK, printable
from smtpwizard.net import system_trust, tls
from smtpwizard.net.protocols import recognise
from smtpwizard.net.sasl import (
    BadChallengeError,
    Conversation,
    UnpreparableError,
    converse,
    decode_challenge,
    oauth_error,
)
from smtpwizard.net.threads import run_detached
from smtpwizard.net.wire import LINE_LIMIT, EndlessReplyError, Wire, WireClosed, closed_by, ssl_reason

REPLY_LINES: Final = 200
"""Lines of one reply that are read before it counts as endless."""
REPLY_LENGTH: Final = 128 * 1024
"""Characters of one reply likewise; by RFC 5321, section 4.5.3.1.5 so many lines have 100 kB at most."""
UNASKED: Final = 20
"""Replies to nothing that are taken before they count as endless."""
CHALLENGES: Final = 6
"""Challenges that one log-in answers before it gives up."""
SIGNED: Final = frozenset({Mechanism.SCRAM_SHA_256, Mechanism.SCRAM_SHA_1})
SIGNED_CHALLENGES: Final = 2
"""Challenges of a SCRAM log-in; the second one bears the server's signature."""
TLS_RECORDS: Final = frozenset({0x15, 0x16})
"""First octets of an alert and of a handshake message (RFC 8446, section 5.1)."""
CANCEL: Final = "*"
OF_OTHERS: Final = frozenset({211, 214, 220, 221, 235})
"""Positive codes that RFC 5321, section 4.2.3, and RFC 4954 give to other commands than those of an envelope."""
Exchange = Callable[[list[AnyEvidence]], Awaitable[Reply | None]]
"""One exchange: it adds what it sees to the list, which counts however it ends, and returns the reply that stands."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class SmtpSession:
    """An SMTP connection. See `smtpwizard.model.ports.Session` for what each step promises."""

    def __init__(
        self,
        wire: Wire,
        host: str,
        address: str,
        port: int,
        say: Say,
        *,
        interceptors: tuple[str, ...] = (),
        software: tuple[Software, ...] = (),
        allow_cleartext_auth: bool = False,
    ) -> None:
        self._wire = wire
        self._host = host
        self._address = address
        self._port = port
        self._say = say
        self._interceptors = interceptors
        self._software = software
        self._allow_cleartext_auth = allow_cleartext_auth
        self._encrypted = False
        self._accepted_tls = False
        """The server said yes to STARTTLS."""
        self._trusted: bool | None = None
        """None before a handshake."""
        self._over = False
        self._ahead: deque[str] = deque()
        """Commands that went out in a group and whose replies are still to be taken."""
        self._offered: tuple[str, ...] = ()
        self._secret: Secret | None = None

    @property
    def encrypted(self) -> bool:
        return self._encrypted

    @property
    def address(self) -> str:
        return self._address

    @property
    def port(self) -> int:
        return self._port

    @property
    def default_ehlo_name(self) -> str:
        name = self._wire.transport.get_extra_info("sockname")
        return default_ehlo_name(str(name[0]).partition("%")[0] if name else "127.0.0.1")

    async def handshake(self, policy: TlsPolicy, timeout: float) -> Shaken:
        began = time.monotonic()
        context = tls.handshake_context(legacy=policy.legacy)
        early = self._wire.take_unread()
        self._trusted = False
        # Until the handshake is done, and where it is given up half-way, nothing can be said.
        self._over = True
        if early:
            # No TLS server speaks first, and what shakes hands after that may be someone else.
            shown = await self._refuse_early(early)
            injected = StartTls("injected", shown) if self._accepted_tls else None
            reason = "unexpected-message" if early[0] in TLS_RECORDS else "wrong-version-number"
            facts = Handshake("failed", None, None, reason, shown, _since(began))
            return Shaken(facts, None, False, injected)
        try:
            connection = await self._wire.secure(context, tls.server_name(policy.host), timeout)
        except (OSError, WireClosed) as error:
            await self._wire.drop()
            return Shaken(self._no_handshake(error, began), None, False)
        self._over = False
        self._encrypted = True
        cipher = connection.cipher()
        facts = Handshake(
            outcome="done",
            version=connection.version(),
            cipher=cipher[0] if cipher else None,
            reason=None,
            detail=None,
            elapsed_ms=_since(began),
        )
        chain = tls.peer_chain(connection)
        certificate = await asyncio.to_thread(
            tls.judge, chain, policy, self._interceptors, system=system_trust.trusted(connection)
        )
        if certificate is None:
            facts = msgspec.structs.replace(facts, outcome="failed", reason="unreadable-certificate")
        known = certificate is not None and certificate.verdict in {"trusted", "pinned"}
        self._trusted = known and not policy.legacy
        return Shaken(facts, certificate, self._trusted)

    async def _refuse_early(self, early: bytes) -> str:
        """End the session over bytes that came before their time; how they are shown."""
        shown = printable(early, limit=200)
        self._say(Direction.RECEIVE, shown)
        self._over = True
        await self._wire.drop()
        return shown

    def _no_handshake(self, error: OSError | WireClosed, began: float) -> Handshake:
        reason: str | None
        detail: str | None = None
        if isinstance(error, TimeoutError):
            return Handshake("timeout", None, None, None, None, _since(began))
        if isinstance(error, ssl.SSLError):
            reason = ssl_reason(error)
            detail = printable(str(error), limit=300)
        else:
            closed = error if isinstance(error, WireClosed) else closed_by(error)
            reason = closed.detail if closed.how == "tls" else f"connection-{closed.how}"
            detail = closed.errno
        early = self._wire.unread
        if early and early[0] not in TLS_RECORDS:
            # The other side spoke first, which no TLS server does.
            reason, detail = "wrong-version-number", printable(early, limit=200)
            self._say(Direction.RECEIVE, detail)
        return Handshake("failed", None, None, reason, detail, _since(began))

    async def greeting(self, timeout: float) -> Heard:
        heard = await self._step(Stage.GREETING, timeout, partial(self._reply, Stage.GREETING, None))
        if heard.ok and heard.reply is not None:
            # FTP, NNTP and LMTP greet in the form of SMTP replies; only the words tell.
            foreign = recognise(str(heard.reply))
            if foreign is not None:
                return Heard(None, (*heard.evidence, ForeignProtocol(foreign, str(heard.reply)[:200])))
            if heard.reply.code != 220:
                # RFC 5321, section 4.3.2: no other positive code greets.
                flaw = ProtocolFlaw(Stage.GREETING, "unexpected-code", str(heard.reply)[:80])
                return Heard(None, (*heard.evidence, flaw))
        name = recognise_software(heard.reply.text, self._software) if heard.reply is not None else None
        return Heard(heard.reply, (*heard.evidence, ServerSoftware(name))) if name is not None else heard

    async def ehlo(self, name: str, timeout: float) -> tuple[Heard, Extensions | None]:
        heard = await self._command(Stage.EHLO, f"EHLO {name}", timeout)
        if heard.reply is not None and heard.reply.code in {500, 502}:
            # RFC 5321, section 3.2: a server that does not know EHLO may know HELO.
            older = await self._command(Stage.EHLO, f"HELO {name}", timeout)
            heard = Heard(older.reply, (*heard.evidence, *older.evidence))
            if heard.ok and heard.reply is not None:
                return heard, Extensions((), (), None)
        if not heard.ok or heard.reply is None:
            return heard, None
        extensions = Extensions.parse(heard.reply)
        self._offered = extensions.auth
        return heard, extensions

    async def starttls(self, timeout: float) -> Heard:
        heard = await self._command(Stage.STARTTLS, "STARTTLS", timeout)
        if heard.reply is None:
            return heard
        if not heard.ok:
            return Heard(heard.reply, (*heard.evidence, StartTls("refused", str(heard.reply))))
        # From here on only the handshake may follow.
        self._trusted = False
        if self._wire.unread:
            # RFC 3207 has nothing to say between the reply and the handshake: these bytes want to be taken for
            # encrypted ones (CVE-2011-0411).
            injected = StartTls("injected", await self._refuse_early(self._wire.unread))
            return Heard(None, (*heard.evidence, injected))
        self._accepted_tls = True
        return Heard(heard.reply, (*heard.evidence, StartTls("accepted")))

    async def auth(self, mechanism: Mechanism, username: str, secret: Secret, timeout: float) -> Heard:
        self._may("AUTH")
        self._may_log_in()
        self._secret = secret
        conversation = converse(mechanism, username, secret, self._host, self._port)
        return await self._request(Stage.AUTH, timeout, partial(self._log_in, mechanism, conversation))

    async def _log_in(self, mechanism: Mechanism, conversation: Conversation, seen: list[AnyEvidence]) -> Reply | None:
        began = time.monotonic()
        try:
            initial = next(conversation)
        except UnpreparableError:
            seen.append(AuthAttempt("unpreparable", mechanism, self._offered, 0))
            return None
        encoded = None if initial is None else _base64(initial)
        await self._send(
            f"AUTH {mechanism}" if encoded is None else f"AUTH {mechanism} {encoded}",
            shown=f"AUTH {mechanism}" if encoded is None else f"AUTH {mechanism} {MASK}",
        )
        reply = await self._read(seen, Stage.AUTH)
        detail: str | None = None
        answered = 0
        try:
            while reply.code == 334:
                if answered == CHALLENGES:
                    raise BadChallengeError("too-many-challenges")
                challenge = decode_challenge(reply.text)
                detail = self._hidden(oauth_error(challenge) or "") or detail
                # SCRAM derives a key by as many rounds as the server asks for.
                response = await run_detached(partial(conversation.send, challenge), "sasl")
                answered += 1
                await self._send(_base64(response or b""), shown=MASK)
                reply = await self._read(seen, Stage.AUTH)
        except BadChallengeError as error:
            seen.append(AuthAttempt("bad-challenge", mechanism, self._offered, 1, error.reason))
            # RFC 4954, section 4: "*" cancels.
            await self._send(CANCEL)
            await self._reply(Stage.AUTH, CANCEL, seen)
            return None
        reply = self._published(reply)
        seen.append(_received(reply, Stage.AUTH, "AUTH", began))
        if reply.code == 235 and mechanism in SIGNED and answered < SIGNED_CHALLENGES:
            # RFC 5802, section 3: a server that does not prove that it knows the secret too may be anyone.
            seen.append(AuthAttempt("bad-challenge", mechanism, self._offered, 1, "no-server-signature"))
            return None
        if reply.is_positive and reply.code != 235:
            # RFC 4954, section 6: 235 alone is success. Anything else here answers another command.
            seen.append(ProtocolFlaw(Stage.AUTH, "unexpected-code", str(reply)[:80]))
            seen.append(AuthAttempt("refused", mechanism, self._offered, 1))
            return None
        outcome: Literal["accepted", "refused"] = "accepted" if reply.code == 235 else "refused"
        seen.append(AuthAttempt(outcome, mechanism, self._offered, 1, detail))
        return reply

    async def mail(
        self,
        sender: str,
        parameters: tuple[str, ...],
        timeout: float,
        *,
        recipient: str | None = None,
        then: Literal["rset", "data"] | None = None,
    ) -> Heard:
        ahead = []
        if then is not None:
            ahead = [f"RCPT TO:<{recipient}>"] if recipient is not None else []
            ahead += ["DATA"] if then == "data" else ["RSET", "QUIT"]
        return await self._command(Stage.MAIL, " ".join((f"MAIL FROM:<{sender}>", *parameters)), timeout, ahead)

    async def rcpt(self, recipient: str, timeout: float) -> Heard:
        return await self._command(Stage.RCPT, f"RCPT TO:<{recipient}>", timeout)

    async def rset(self, timeout: float) -> Heard:
        return await self._command(Stage.RCPT, "RSET", timeout)

    async def data(self, message: bytes, timeout: float, *, then_quit: bool = False) -> tuple[Heard, Heard | None]:
        invited = await self._command(Stage.DATA, "DATA", timeout)
        if not invited.ok:
            return invited, None

        async def send(seen: list[AnyEvidence]) -> Reply | None:
            self._say(Direction.SEND, f"({len(message)} octets of message)")
            self._say(Direction.SEND, ".")
            # RFC 2920, section 3.1: the message may be the first of a group.
            await self._wire.write(dot_stuffed(message) + b".\r\n" + (b"QUIT\r\n" if then_quit else b""))
            if then_quit:
                self._say(Direction.SEND, "QUIT")
                self._ahead.append("QUIT")
            return await self._answer(Stage.DATA, "message", seen)

        return invited, await self._step(Stage.DATA, timeout, send)

    async def quit(self, timeout: float) -> None:
        if not self._over:
            # The session has served its purpose: how it is ended changes no result.
            with suppress(WireClosed, TimeoutError, EndlessReplyError, ReplySyntaxError):
                async with asyncio.timeout(timeout):
                    await self._finish_group()
        self._over = True
        await self._wire.leave()

    async def _finish_group(self) -> None:
        """Take the replies to what went out ahead and is not needed any more, and leave."""
        while self._ahead:
            line = self._ahead.popleft()
            reply = await self._read([], Stage.DELIVERY)
            if line == "DATA" and reply.code == 354:
                # RFC 2920, section 3.1: invited although no recipient stands, the client ends the message at once.
                await self._send(".")
                await self._read([], Stage.DELIVERY)
            if line == "QUIT":
                return
        await self._send("QUIT")
        await self._read([], Stage.DELIVERY)

    async def close(self) -> None:
        self._over = True
        await self._wire.drop()

    def _may(self, verb: str) -> None:
        if self._trusted is False and verb not in {"EHLO", "HELO", "QUIT"}:
            raise PermissionError(f"{verb} is not said to a peer whose certificate is not trusted")

    def _may_log_in(self) -> None:
        if not self._encrypted and not self._allow_cleartext_auth and not is_loopback(self._address):
            raise PermissionError("no log-in over an unencrypted connection to another machine")

    async def _command(self, stage: Stage, line: str, timeout: float, ahead: Sequence[str] = ()) -> Heard:
        verb = line.partition(" ")[0].partition(":")[0]
        self._may(verb)
        return await self._request(stage, timeout, partial(self._exchange, stage, line, ahead))

    async def _exchange(self, stage: Stage, line: str, ahead: Sequence[str], seen: list[AnyEvidence]) -> Reply | None:
        if self._ahead and self._ahead[0] == line:
            self._ahead.popleft()
        else:
            await self._send(line, *ahead)
            self._ahead.extend(ahead)
        return await self._answer(stage, line.partition(" ")[0], seen)

    async def _answer(self, stage: Stage, command: str, seen: list[AnyEvidence]) -> Reply | None:
        """The reply to a command; none, and a flaw, where it says yes to something else."""
        reply = await self._reply(stage, command, seen)
        if not _misplaced(command, reply):
            return reply
        seen.append(ProtocolFlaw(stage, "unexpected-code", str(reply)[:80]))
        return None

    async def _request(self, stage: Stage, timeout: float, step: Exchange) -> Heard:
        """Run an exchange that begins with a command.

        Replies that are there before it were not asked for. From then on no reply can be told from the one before it,
        as for every other client, so the exchange fails.
        """

        async def after_unasked(seen: list[AnyEvidence]) -> Reply | None:
            while self._wire.has_line and not self._ahead:
                if len(seen) >= 2 * UNASKED:
                    raise EndlessReplyError
                reply = await self._reply(stage, None, seen)
                if reply.code == 421:
                    return reply
                seen.append(ProtocolFlaw(stage, "unasked-reply", str(reply)[:80]))
            return None if seen else await step(seen)

        return await self._step(stage, timeout, after_unasked)

    async def _step(self, stage: Stage, timeout: float, step: Exchange) -> Heard:
        """Run one exchange within its time limit, and turn each way it can fail into evidence, after what was seen."""
        began = time.monotonic()
        seen: list[AnyEvidence] = []
        try:
            async with asyncio.timeout(timeout):
                return Heard(await step(seen), tuple(seen))
        except (TimeoutError, WireClosed, ReplySyntaxError, EndlessReplyError) as fault:
            self._over = True
            seen.extend(self._failed(stage, fault, _since(began)))
            await self._wire.drop()
            return Heard(None, tuple(seen))

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
                return foreign or (ProtocolFlaw(stage, "not-a-reply", self._hidden(fault.line)[:200]),)
            case EndlessReplyError():
                return (ProtocolFlaw(stage, "endless-reply", shown),)
            case _ if self._wire.overlong:
                # It was not slow.
                return (ProtocolFlaw(stage, "endless-reply", shown), *foreign)
            case _:
                return (Silence(stage, waited_ms, shown), *foreign)

    async def _reply(self, stage: Stage, command: str | None, seen: list[AnyEvidence]) -> Reply:
        began = time.monotonic()
        before = len(seen)
        reply = self._published(await self._read(seen, stage))
        # Its flaws come after it.
        seen.insert(before, _received(reply, stage, command, began))
        return reply

    async def _read(self, seen: list[AnyEvidence], stage: Stage) -> Reply:
        """The next reply, its flaws added to what was seen.

        A challenge in it is as it came, and to be `_published` before anyone sees it.
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
            lines.append(line if code == 334 else line[:4] + self._hidden(line[4:], cut=cut))
            if last:
                break
            length += len(line)
            if len(lines) >= REPLY_LINES or length > REPLY_LENGTH:
                raise EndlessReplyError
            # Lines that wait are read without a pause, and whoever shows them has to get a turn in between.
            await asyncio.sleep(0)
        reply, flaws = parse_reply(lines)
        seen.extend(ProtocolFlaw(stage, flaw, self._hidden(lines[0])[:80]) for flaw in flaws)
        if reply.code == 421:
            # RFC 5321, section 3.8: the server is closing the channel.
            self._over = True
        return reply

    def _published(self, reply: Reply) -> Reply:
        """The reply as others may see it: without the secret, its lines not too long."""
        return Reply(reply.code, reply.enhanced, tuple(printable(self._hidden(line)) for line in reply.lines))

    def _shown(self, raw: bytes, *, cut: bool = False) -> str:
        return printable(self._hidden(printable(raw, limit=4 * LINE_LIMIT), cut=cut))

    def _hidden(self, text: str, *, cut: bool = False) -> str:
        return text if self._secret is None else self._secret.redact(text, cut=cut)

    async def _send(self, *lines: str, shown: str | None = None) -> None:
        for line in lines:
            if CONTROL.search(line):
                raise ValueError("a command would hold a control character")
            self._say(Direction.SEND, shown if shown is not None else printable(line))
        await self._wire.write("".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape"))


def dot_stuffed(message: bytes) -> bytes:
    """A message as DATA carries it: CRLF line ends, and a dot before each leading dot (RFC 5321, section 4.5.2)."""
    normal = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not normal.endswith(b"\r\n"):
        normal += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", normal)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return parsed.is_loopback or (mapped is not None and mapped.is_loopback)


def default_ehlo_name(local_address: str) -> str:
    """What to say in EHLO: this machine's name where it is fully qualified, else its address (RFC 5321, 4.1.3)."""
    name = socket.gethostname()
    if "." in name and re.fullmatch(r"[A-Za-z0-9.-]{3,253}", name) and not name.endswith((".local", ".localdomain")):
        return name
    address = ipaddress.ip_address(local_address)
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"


def _misplaced(command: str, reply: Reply) -> bool:
    """Whether a positive reply answers another command than this one: the two sides are out of step."""
    if command == "DATA":
        return reply.is_positive and reply.code != 354
    if command == "STARTTLS" and reply.code == 220:
        return False
    # RFC 5321, section 4.2.1: 3yz asks for more, which only DATA has.
    return 300 <= reply.code < 400 or reply.code in OF_OTHERS


def _received(reply: Reply, stage: Stage, command: str | None, began: float) -> ReplyReceived:
    return ReplyReceived(stage, command, reply.code, reply.enhanced, reply.lines, _since(began))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)
