"""One session of the practice server: well-behaved by default (RFC 5321, 3207, 4954), and as a scenario has it."""

from __future__ import annotations

import base64
import json
import re
import secrets
import ssl
from collections.abc import Sequence
from typing import Final

from smtpwizard.model.smtp import Security
from smtpwizard.practice.link import Gone, Link
from smtpwizard.practice.persona import Persona
from smtpwizard.practice.received import OCTETS, Memory, Message
from smtpwizard.practice.sasl import (
    MECHANISMS,
    OAUTH,
    SERVER_FIRST,
    BadResponseError,
    Conversation,
    LogIn,
    converse,
    decode,
)
from smtpwizard.practice.scenario import Rule, Scenario, Step
from smtpwizard.practice.script import COMMAND_LIMIT, Script, code_of, octets_of

TEXT_LIMIT: Final = 64 * 1024
"""Octets of a message that are taken from the buffer at once."""
RECIPIENTS: Final = 1000
REFUSALS: Final = 50
"""Commands that may be refused before the server ends the session."""
NOTED: Final = 512
"""Characters of a command that are remembered."""
VERBS: Final = frozenset(
    {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT", "VRFY", "HELP"}
)
HANDSHAKE_TIMEOUT: Final = 60.0
"""Seconds."""

_PATH: Final = re.compile(r"(?i)\s*(?P<word>FROM|TO):\s*<(?P<address>[^<>\r\n]*)>(?P<parameters>.*)")
_SIZE: Final = re.compile(r"(?i)\bSIZE=(\d{1,19})\b")
_OAUTH_ERROR: Final = {"status": "400", "schemes": "Bearer", "scope": "https://mail.example/"}

BAD_SEQUENCE: Final = ("503 5.5.1 Bad sequence of commands",)
SYNTAX: Final = ("501 5.5.4 Syntax error in parameters",)


class Session:
    """One connection's course."""

    def __init__(
        self, link: Link, scenario: Scenario, persona: Persona, memory: Memory, context: ssl.SSLContext
    ) -> None:
        self._link = link
        self._scenario = scenario
        self._persona = persona
        self._memory = memory
        self._context = context
        self._script = Script(link, scenario, memory)
        self._introduced = False
        self._log_in: LogIn | None = None
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._refusals = 0

    async def play(self) -> None:
        """Hold the session until one side ends it."""
        try:
            await self._script.act(Step.CONNECT, "", ())
            if self._scenario.listening is Security.TLS:
                await self._shake_hands()
            if await self._script.act(Step.GREETING, "", self._persona.greeting) >= 400:
                # RFC 5321, section 3.1: after 554 the server waits for QUIT.
                while await self._command() != "QUIT":
                    await self._script.say(BAD_SEQUENCE)
                await self._quit("")
            while True:
                await self._answer(await self._command())
        except Gone:
            await self._link.leave()

    async def _command(self) -> str:
        line = await self._link.read_line(COMMAND_LIMIT)
        while not line.endswith(b"\n"):
            rest = await self._link.read_line(COMMAND_LIMIT)
            if rest.endswith(b"\n"):
                await self._refuse(("500 5.5.6 Line too long",))
                line = await self._link.read_line(COMMAND_LIMIT)
        command = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
        self._memory.note(_without_credentials(command))
        return command if " " in command else command.upper()

    async def _answer(self, command: str) -> None:
        verb, _, argument = command.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO" as hello:
                await self._hello(Step(hello.lower()), argument.strip())
            case "STARTTLS":
                await self._starttls(argument)
            case "AUTH":
                await self._auth(argument)
            case "MAIL":
                await self._mail(argument)
            case "RCPT":
                await self._rcpt(argument)
            case "DATA":
                await self._data(argument)
            case "RSET":
                if _is_positive(await self._script.act(Step.RSET, argument, ("250 2.0.0 Ok",))):
                    self._forget()
            case "NOOP":
                await self._script.act(Step.NOOP, argument, ("250 2.0.0 Ok",))
            case "QUIT":
                await self._quit(argument)
            case "VRFY":
                await self._script.act(Step.OTHER, command, ("252 2.1.5 Send some mail, I will try my best",))
            case "HELP":
                await self._script.act(Step.OTHER, command, ("214 2.0.0 This is a server for practice",))
            case _:
                await self._refuse(("502 5.5.2 Error: command not recognized",), Step.OTHER, command)

    async def _hello(self, step: Step, name: str) -> None:
        if not name:
            await self._refuse(("501 5.5.4 Syntax: EHLO hostname",))
            return
        first = self._persona.ehlo
        lines = [first, *self._offers()] if step is Step.EHLO else [first]
        reply = [f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"]
        if _is_positive(await self._script.act(step, name, reply)):
            self._introduced = True
            self._forget()

    def _offers(self) -> tuple[str, ...]:
        stated = self._scenario.ehlo.encrypted if self._script.encrypted else self._scenario.ehlo.plain
        if stated is not None:
            return stated
        offers = [line.replace("{size}", str(self._scenario.size)) for line in self._persona.extensions]
        if not self._script.encrypted and self._scenario.listening is Security.STARTTLS:
            offers.append("STARTTLS")
        elif self._scenario.mechanisms:
            offers.append(f"AUTH {' '.join(self._scenario.mechanisms)}")
        return tuple(offers)

    def _offered_mechanisms(self) -> set[str]:
        lines = (line.upper().replace("AUTH=", "AUTH ").split() for line in self._offers())
        return {word for words in lines if words and words[0] == "AUTH" for word in words[1:]}

    async def _starttls(self, argument: str) -> None:
        if argument:
            await self._refuse(SYNTAX)
        elif self._script.encrypted or self._scenario.listening is not Security.STARTTLS:
            await self._refuse(("503 5.5.1 STARTTLS is not available here",), Step.STARTTLS)
        elif _is_positive(await self._ready()):
            await self._shake_hands()
            self._introduced = False
            self._log_in = None
            self._script.authenticated = False
            self._forget()

    async def _ready(self) -> int:
        self._link.forget()
        return await self._script.act(Step.STARTTLS, "", self._persona.ready)

    async def _shake_hands(self) -> None:
        await self._script.act(Step.HANDSHAKE, "", ())
        await self._link.shake_hands(self._context, HANDSHAKE_TIMEOUT)
        self._script.encrypted = True

    async def _auth(self, argument: str) -> None:
        mechanism, _, initial = argument.partition(" ")
        mechanism = mechanism.upper()
        rule = self._script.choose(Step.AUTH, mechanism, mechanism=mechanism)
        if rule is not None and octets_of(rule):
            await self._odd_auth(rule)
        elif self._log_in is not None or self._sender is not None:
            await self._refuse(BAD_SEQUENCE)
        elif not self._offered_mechanisms():
            tls_first = not self._script.encrypted and self._scenario.listening is Security.STARTTLS
            await self._refuse(
                self._persona.tls_first if tls_first else ("503 5.5.1 Error: authentication not enabled",)
            )
        elif mechanism not in self._offered_mechanisms() or mechanism not in MECHANISMS:
            await self._refuse(("504 5.5.4 Unrecognized authentication type",))
        else:
            if rule is not None:
                await self._script.perform(rule, mechanism)
            await self._converse(mechanism, initial.strip() or None)

    async def _odd_auth(self, rule: Rule) -> None:
        if await self._script.perform(rule, "") != 334:
            return
        if (await self._link.read_line(COMMAND_LIMIT)).strip() == b"*":
            await self._script.say(("501 5.7.0 Authentication aborted",))
        else:
            await self._refuse(self._persona.refused)

    async def _converse(self, mechanism: str, initial: str | None) -> None:
        scenario = self._scenario
        conversation = converse(mechanism, scenario.right_username, scenario.right_password, scenario.name)
        try:
            log_in = await self._exchange(conversation, mechanism, initial)
        except BadResponseError:
            await self._refuse(("501 5.5.2 Cannot decode the response",))
            return
        finally:
            conversation.close()
        if log_in is None:
            await self._refuse(("501 5.7.0 Authentication aborted",))
            return
        rule = self._script.choose(Step.CREDENTIALS, log_in.username, mechanism=mechanism, right=log_in.right)
        problem = rule.error_challenge if rule is not None else None
        if problem is not None or (mechanism in OAUTH and not log_in.right):
            await self._challenge((problem or json.dumps(_OAUTH_ERROR)).encode())
            await self._link.read_line(COMMAND_LIMIT)
        usual = self._persona.accepted if log_in.right else self._persona.refused
        code = await self._script.play(rule, usual, log_in.username, password=log_in.password)
        if _is_positive(code):
            self._log_in = log_in
            self._script.authenticated = True
        else:
            self._count_refusal()

    async def _exchange(self, conversation: Conversation, mechanism: str, initial: str | None) -> LogIn | None:
        """Hold the conversation; None where the client cancels it."""
        challenge = next(conversation)
        waiting = None if initial is None else decode(initial)
        if mechanism in SERVER_FIRST - {"LOGIN"} and waiting is not None:
            raise BadResponseError
        while True:
            if waiting is None:
                await self._challenge(challenge)
                line = (await self._link.read_line(COMMAND_LIMIT)).decode("ascii", "replace").strip()
                if line == "*":
                    return None
                waiting = b"" if not line else decode(line)
            try:
                challenge = conversation.send(waiting)
            except StopIteration as ended:
                outcome: LogIn = ended.value
                return outcome
            waiting = None

    async def _challenge(self, challenge: bytes) -> None:
        await self._script.say((f"334 {base64.b64encode(challenge).decode('ascii')}",))

    async def _mail(self, argument: str) -> None:
        scenario = self._scenario
        path = _path(argument, "FROM")
        size = _SIZE.search(path[1]) if path is not None else None
        if not self._introduced:
            await self._refuse(("503 5.5.1 Error: send HELO/EHLO first",))
        elif self._script.insists(Step.MAIL, argument if path is None else path[0]):
            await self._begin(argument, path)
        elif not self._script.encrypted and scenario.listening is Security.STARTTLS and scenario.auth_required:
            await self._refuse(self._persona.tls_first)
        elif scenario.auth_required and scenario.mechanisms and self._log_in is None:
            await self._refuse(self._persona.login_first)
        elif self._sender is not None:
            await self._refuse(("503 5.5.1 Error: nested MAIL command",))
        elif path is None:
            await self._refuse(("501 5.5.4 Syntax: MAIL FROM:<address>",))
        elif not path[0].isascii() and "SMTPUTF8" not in path[1].upper():
            await self._refuse(("553 5.6.7 Must have SMTPUTF8 for an address that is not ASCII",))
        elif size is not None and int(size[1]) > scenario.size:
            await self._refuse(("552 5.3.4 Message size exceeds fixed limit",))
        else:
            await self._begin(argument, path)

    async def _begin(self, argument: str, path: tuple[str, str] | None) -> None:
        address = path[0] if path is not None else argument
        if _is_positive(await self._script.act(Step.MAIL, address, self._persona.mail)):
            self._sender = address
            self._recipients = []

    async def _rcpt(self, argument: str) -> None:
        path = _path(argument, "TO")
        if self._sender is None:
            await self._refuse(("503 5.5.1 Error: need MAIL command",))
        elif path is None or not path[0]:
            await self._refuse(("501 5.1.3 Bad recipient address syntax",))
        elif len(self._recipients) >= RECIPIENTS:
            await self._refuse(("452 4.5.3 Error: too many recipients",))
        elif _is_positive(await self._script.act(Step.RCPT, path[0], self._persona.rcpt)):
            self._recipients.append(path[0])

    async def _data(self, argument: str) -> None:
        if not self._recipients or self._sender is None:
            await self._refuse(("503 5.5.1 Error: need RCPT command",))
            return
        if await self._script.act(Step.DATA, argument, self._persona.data) != 354:
            return
        content, octets = await self._text()
        fits = octets <= self._scenario.size
        taken = [line.replace("{queue}", secrets.token_hex(5).upper()) for line in self._persona.message]
        usual = taken if fits else ("552 5.3.4 Message size exceeds fixed limit",)
        rule = self._script.choose(Step.MESSAGE, "")
        # Kept before it is said: who hears that the message was taken finds it.
        said = octets_of(rule) if rule is not None else b""
        if _is_positive(code_of(said or usual[0].encode())):
            username = self._log_in.username if self._log_in is not None else None
            self._memory.keep(
                Message(self._sender, tuple(self._recipients), content, octets, self._script.encrypted, username)
            )
        await self._script.play(rule, usual, "")
        self._forget()

    async def _text(self) -> tuple[bytes, int]:
        """The message, as much as is kept of it, and its whole length."""
        content = bytearray()
        octets = 0
        at_start = True
        while True:
            part = await self._link.read_line(TEXT_LIMIT)
            # A bare LF ends no line (RFC 5321, section 2.3.8), least of all the one that ends the message.
            if at_start and part == b".\r\n":
                return bytes(content), octets
            if at_start and part.startswith(b"."):
                part = part[1:]
            octets += len(part)
            content += part[: max(0, OCTETS - len(content))]
            at_start = part.endswith(b"\r\n")

    async def _quit(self, argument: str) -> None:
        await self._script.act(Step.QUIT, argument, self._persona.quit)
        raise Gone

    def _forget(self) -> None:
        self._sender = None
        self._recipients = []

    async def _refuse(self, reply: Sequence[str], step: Step | None = None, argument: str = "") -> None:
        if step is None:
            await self._script.say(reply)
        elif await self._script.act(step, argument, reply) < 400:
            return
        self._count_refusal()
        if self._refusals > REFUSALS:
            await self._script.say(("421 4.7.0 Too many errors",))
            raise Gone

    def _count_refusal(self) -> None:
        self._refusals += 1


def _without_credentials(command: str) -> str:
    verb, _, argument = command.partition(" ")
    if verb.upper() == "AUTH":
        return f"{verb} {argument.partition(' ')[0]}"
    # What is no command may be a response of a log-in that came at the wrong time.
    return command[:NOTED] if verb.upper() in VERBS else "?"


def _is_positive(code: int) -> bool:
    return 200 <= code < 300


def _path(argument: str, word: str) -> tuple[str, str] | None:
    """Address and parameters of MAIL or RCPT (RFC 5321, sections 4.1.1.2 and 4.1.1.3); None where it is neither."""
    found = _PATH.fullmatch(argument)
    if found is None or found["word"].upper() != word:
        return None
    return found["address"], found["parameters"]
