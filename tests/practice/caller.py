"""A mail client of the standard library's sockets, which comes to a scenario as its settings tell it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import socket
import ssl
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from smtpwizard.model.smtp import Security
from smtpwizard.practice.scenario import Cure, Scenario
from smtpwizard.practice.server import Served

LINE_LIMIT: Final = 4 * 1024 * 1024
LINES: Final = 500
CHALLENGES: Final = 4
PATIENCE: Final = 10.0
IMPATIENCE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a call came."""

    stopped_at: str | None
    """The step that failed; None where nothing did."""
    words: str
    """What was last heard, or the error."""


class Refused(Exception):
    """A step did not end as hoped for."""


def cured(scenario: Scenario) -> Scenario:
    """The scenario with the settings that let the client through."""
    cure = scenario.cure or Cure()
    changed = {key: value for key, value in msgspec.structs.asdict(cure).items() if value is not None}
    if "security" in changed:
        changed["speaks"] = scenario.listening
    return msgspec.structs.replace(scenario, **changed)


def call(served: Served, told: Scenario, *, impatient_at: str | None = None) -> Outcome:
    """Hold one session. Each step has `PATIENCE` seconds, and one, where it is given, only `IMPATIENCE`."""
    caller = Caller(served, told)
    try:
        for step in caller.run():
            caller.begin(step, IMPATIENCE if step == impatient_at else PATIENCE)
    except OSError as error:
        return Outcome(caller.step, repr(error))
    except Refused as error:
        return Outcome(caller.step, caller.heard or repr(error))
    finally:
        caller.close()
    return Outcome(None, caller.heard)


class Caller:
    def __init__(self, served: Served, told: Scenario) -> None:
        self._served = served
        self._told = told
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._deadline = PATIENCE
        self._ends = 0.0
        self.step = "connect"
        self.heard = ""

    def begin(self, step: str, deadline: float) -> None:
        """Note which step is next, and the seconds that it has."""
        self.step = step
        self._deadline = deadline
        self._ends = time.monotonic() + deadline

    def run(self) -> Iterator[str]:
        """Go on step by step; each step's name is given before it is tried."""
        told = self._told
        yield "connect"
        self._socket = socket.create_connection((self._served.host, self._served.port), timeout=self._deadline)
        if told.security is Security.TLS:
            yield "tls"
            self._secure()
        yield "greeting"
        greeting = self._expect(220)
        if re.search(r"\b(?:FTP|LMTP)\b", greeting):
            raise Refused(greeting)
        yield "ehlo"
        offers = self._hello()
        if told.security is Security.STARTTLS:
            yield "starttls"
            if "STARTTLS" not in offers:
                raise Refused("no STARTTLS")
            self._say("STARTTLS")
            self._expect(220)
            if self._buffer:
                raise Refused("injected")
            yield "tls"
            self._secure()
            yield "ehlo-encrypted"
            offers = self._hello()
        if told.username:
            yield "auth"
            self._log_in(offers)
        yield "mail"
        letter = f"From: {told.sender}\r\nTo: {told.recipient}\r\nSubject: practice\r\n\r\n..dot\r\n{'x' * 300}"
        size = f" SIZE={len(letter.encode())}" if told.send and "SIZE" in offers else ""
        self._say(f"MAIL FROM:<{told.sender}>{size}" + ("" if told.sender.isascii() else " SMTPUTF8"))
        self._expect(250)
        yield "rcpt"
        self._say(f"RCPT TO:<{told.recipient}>")
        self._expect(250)
        if told.send:
            yield "data"
            self._say("DATA")
            self._expect(354)
            self._say(f"{letter}\r\n.")
            self._expect(250)
        self._say("QUIT")

    def _hello(self) -> dict[str, list[str]]:
        self._say("EHLO client.practice.test")
        code, text = self._reply()
        if code in {500, 502}:
            self._say("HELO client.practice.test")
            self._expect(250)
            return {}
        if code != 250:
            raise Refused(text)
        lines = [line.upper().replace("AUTH=", "AUTH ").split() for line in text.split("\n")[1:]]
        return {line[0]: line[1:] for line in lines if line}

    def _log_in(self, offers: dict[str, list[str]]) -> None:
        told = self._told
        offered = offers.get("AUTH", [])
        mechanism = told.mechanism or next((name for name in ("PLAIN", "LOGIN") if name in offered), None)
        if mechanism is None:
            raise Refused(f"no mechanism among {offered}")
        answers = _answers(mechanism, told.username, told.password)
        initial = next(answers)
        self._say(f"AUTH {mechanism}" + (f" {_encoded(initial)}" if initial else ""))
        for _ in range(CHALLENGES):
            code, text = self._reply()
            if code != 334:
                break
            try:
                challenge = base64.b64decode(text, validate=True)
            except ValueError:
                self._say("*")
                continue
            if challenge.startswith(b"{"):
                self._say("")
            else:
                self._say(_encoded(answers.send(challenge)))
        if code != 235:
            raise Refused(text)

    def _secure(self) -> None:
        context = ssl.create_default_context(cafile=self._served.ca_file)
        context.set_ciphers("DEFAULT:@SECLEVEL=2")
        assert self._socket is not None
        self._socket.settimeout(self._deadline)
        self._socket = context.wrap_socket(self._socket, server_hostname=self._told.name)

    def _say(self, line: str) -> None:
        assert self._socket is not None
        self.heard = ""
        self._socket.settimeout(self._deadline)
        self._socket.sendall(line.encode() + b"\r\n")

    def _expect(self, wanted: int) -> str:
        code, text = self._reply()
        if code != wanted:
            raise Refused(text)
        return text

    def _reply(self) -> tuple[int, str]:
        lines: list[str] = []
        for _ in range(LINES):
            line = self._line().decode("utf-8", "backslashreplace").rstrip("\r\n")
            self.heard = "\n".join([*lines, line])[:5000]
            if not re.match(r"[2-5]\d\d(?:[ -]|$)", line):
                raise Refused(line)
            lines.append(line[4:])
            if line[3:4] != "-":
                return int(line[:3]), "\n".join(lines)
        raise Refused("endless reply")

    def _line(self) -> bytes:
        assert self._socket is not None
        pieces = [self._buffer]
        length = len(self._buffer)
        while b"\n" not in pieces[-1]:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("step took too long")
            self._socket.settimeout(left)
            piece = self._socket.recv(65536)
            if not piece or length > LINE_LIMIT:
                raise Refused(f"closed after {length}" if not piece else "endless line")
            pieces.append(piece)
            length += len(piece)
        line, _, self._buffer = b"".join(pieces).partition(b"\n")
        return line

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()


def _encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _answers(mechanism: str, username: str, password: str) -> Generator[bytes, bytes, None]:
    """The responses of a mechanism, the initial one first; empty stands for none. Challenges are sent in."""
    match mechanism:
        case "PLAIN":
            yield f"\0{username}\0{password}".encode()
        case "LOGIN":
            yield b""
            yield username.encode()
            yield password.encode()
            while True:
                yield b"again"
        case "CRAM-MD5":
            challenge = yield b""
            digest = hmac.new(password.encode(), challenge, hashlib.md5).hexdigest()
            yield f"{username} {digest}".encode()
        case "XOAUTH2":
            yield f"user={username}\x01auth=Bearer {password}\x01\x01".encode()
        case "OAUTHBEARER":
            yield f"n,a={username},\x01host=h\x01port=1\x01auth=Bearer {password}\x01\x01".encode()
        case _:
            from scramp import ScramClient

            client = ScramClient([mechanism], username, password)
            challenge = yield client.get_client_first().encode()
            client.set_server_first(challenge.decode())
            challenge = yield client.get_client_final().encode()
            client.set_server_final(challenge.decode())
            yield b""
