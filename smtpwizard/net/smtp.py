"""One SMTP session, stage by stage, over our own connection (RFC 5321, 3207, 4954, 2920)."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from functools import partial
from typing import Literal

from smtpwizard.model.evidence.dialogue import ForeignProtocol, ProtocolFlaw, ServerSoftware
from smtpwizard.model.evidence.tls import StartTls
from smtpwizard.model.ports import Heard, Say, Shaken, TlsPolicy
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions, Mechanism
from smtpwizard.model.software import Software, recognise_software
from smtpwizard.model.stage import Stage
from smtpwizard.net import tls
from smtpwizard.net.dialogue import Dialogue
from smtpwizard.net.login import log_in
from smtpwizard.net.protocols import recognise
from smtpwizard.net.sasl import converse
from smtpwizard.net.wire import Wire


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
        self._dialogue = Dialogue(wire, say)
        self._accepted_tls = False
        """The server said yes to STARTTLS."""
        self._trusted: bool | None = None
        """None before a handshake."""
        self._offered: tuple[str, ...] = ()
        """SASL mechanisms."""

    @property
    def encrypted(self) -> bool:
        return self._wire.encrypted

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
        early = self._wire.take_unread()
        self._trusted = False
        if early:
            # No TLS server speaks first, and what shakes hands after that may be someone else.
            shown = await self._dialogue.refuse(early)
            injected = StartTls("injected", shown) if self._accepted_tls else None
            return Shaken(tls.interrupted(early), None, False, injected)
        self._dialogue.over = True
        try:
            shaken = await tls.shake_hands(self._wire, policy, self._say, timeout, interceptors=self._interceptors)
        finally:
            # After a handshake that was given up half-way, nothing can be said.
            self._dialogue.over = not self._wire.encrypted
        self._trusted = shaken.trusted
        return shaken

    async def greeting(self, timeout: float) -> Heard:
        heard = await self._dialogue.exchange(
            Stage.GREETING, timeout, partial(self._dialogue.reply, Stage.GREETING, None)
        )
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
            injected = StartTls("injected", await self._dialogue.refuse(self._wire.unread))
            return Heard(None, (*heard.evidence, injected))
        self._accepted_tls = True
        return Heard(heard.reply, (*heard.evidence, StartTls("accepted")))

    async def auth(self, mechanism: Mechanism, username: str, secret: Secret, timeout: float) -> Heard:
        self._may("AUTH")
        self._may_log_in()
        self._dialogue.secret = secret
        conversation = converse(mechanism, username, secret, self._host, self._port)
        exchange = partial(log_in, self._dialogue, mechanism, conversation, self._offered)
        return await self._dialogue.request(Stage.AUTH, timeout, exchange)

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
        return invited, await self._dialogue.message(message, timeout, then_quit=then_quit)

    async def quit(self, timeout: float) -> None:
        await self._dialogue.leave(timeout)

    async def close(self) -> None:
        await self._dialogue.close()

    def _may(self, verb: str) -> None:
        if self._trusted is False and verb not in {"EHLO", "HELO", "QUIT"}:
            raise PermissionError(f"{verb} is not said to a peer whose certificate is not trusted")

    def _may_log_in(self) -> None:
        if not self.encrypted and not self._allow_cleartext_auth and not is_loopback(self._address):
            raise PermissionError("no log-in over an unencrypted connection to another machine")

    async def _command(self, stage: Stage, line: str, timeout: float, ahead: Sequence[str] = ()) -> Heard:
        self._may(line.partition(" ")[0].partition(":")[0])
        return await self._dialogue.command(stage, line, timeout, ahead)


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
