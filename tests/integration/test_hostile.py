from __future__ import annotations

import asyncio
import base64
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import trustme

from smtpwizard.cli.main import status
from smtpwizard.model.report_document import ReportDocument
from tests.integration.parts.hostile_server import (
    Act,
    HostileServer,
    Moment,
    behaving,
    dribbling,
    flooding,
    resetting,
    saying,
    saying_and_closing,
)

PASSWORD = "Zx9~q/tul+Ip47?"
USERNAME = "ann@example.test"
TIMEOUT = 1.0
GRACE = 1.5
"""Seconds that a run may take beyond its one stage that times out, on a machine that is busy."""

STAGE = {
    Moment.GREETING: "greeting",
    Moment.EHLO: "ehlo",
    Moment.STARTTLS: "starttls",
    Moment.HANDSHAKE: "tls",
    Moment.ENCRYPTED_EHLO: "ehlo",
    Moment.AUTH: "auth",
    Moment.MAIL: "mail",
    Moment.RCPT: "rcpt",
}
"""The stage that fails by what happens at each moment."""
IN_CLEAR_TEXT = (Moment.GREETING, Moment.EHLO, Moment.STARTTLS)
REPLIES = tuple(moment for moment in STAGE if moment is not Moment.HANDSHAKE)


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_status: int
    report: ReportDocument
    output: str

    @property
    def failed(self) -> list[str]:
        return [check.stage for check in self.report.checks if check.status == "fail"]

    @property
    def causes(self) -> list[str]:
        return [cause.id for cause in self.report.causes]


class Wizard:
    """Runs `check` against a hostile server, and sees to what must hold whatever the server does."""

    def __init__(self, ca_file: str, capfd: pytest.CaptureFixture[str]) -> None:
        self._ca_file = ca_file
        self._capfd = capfd

    def arguments(self, server: HostileServer, *more: str, security: str = "starttls") -> list[str]:
        words = ["check", "--no-input", "--host", "mail.example.test", "--port", str(server.port)]
        words += ["--security", security, "--resolve", f"mail.example.test:{server.port}:127.0.0.1"]
        words += ["--username", USERNAME, "--password-env", "HOSTILE_PASSWORD", "--to", "bob@example.test"]
        words += ["--ca-file", self._ca_file, "--timeout", str(TIMEOUT), "--skip", "connect.ports"]
        return [*words, *more]

    async def check(self, server: HostileServer, *more: str, security: str = "starttls") -> Outcome:
        exit_status = await asyncio.to_thread(status, [*self.arguments(server, *more, security=security), "--json"])
        told = self._capfd.readouterr()
        assert told.out, told.err
        assert told.err == ""
        report = msgspec.json.decode(told.out, type=ReportDocument)
        for text in (*strings(msgspec.json.decode(told.out)), *told.out.splitlines()):
            assert text.isprintable(), repr(text)
        conceals(told.out)
        assert [check.id for check in report.checks if check.status == "error"] == []
        assert report.duration_ms <= (TIMEOUT + GRACE) * 1000
        return Outcome(exit_status, report, told.out)

    async def read(self, server: HostileServer) -> str:
        """What a person reads."""
        exit_status = await asyncio.to_thread(status, self.arguments(server))
        told = self._capfd.readouterr()
        assert exit_status in {0, 1}
        for line in (told.out + told.err).splitlines():
            assert line.isprintable(), repr(line)
        conceals(told.out + told.err)
        return told.out


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value if isinstance(value, list) else [*value, *value.values()]:
            yield from strings(item)


def forms(password: str) -> dict[str, str]:
    """The password as servers and their logs write it."""
    raw = password.encode()
    plain = base64.b64encode(b"\0" + USERNAME.encode() + b"\0" + raw).decode()
    return {
        "plain": password,
        "other case": password.swapcase(),
        "lower case": password.lower(),
        "base64": base64.b64encode(raw).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(raw).decode(),
        "initial response": plain,
        "percent": quote(password, safe=""),
        "percent, lower case": quote(password, safe="").lower(),
        "percent, every octet": "".join(f"%{octet:02X}" for octet in raw),
        "hex": raw.hex(),
        "hex, upper case": raw.hex().upper(),
        "hex with spaces": raw.hex(" "),
        "hex escapes": "".join(f"\\x{octet:02x}" for octet in raw),
        "HTML entities": password.replace("+", "&#43;").replace("/", "&#47;").replace("?", "&#63;"),
    }


def conceals(output: str) -> None:
    decoded = output.replace('\\"', '"').replace("\\\\", "\\")
    for name, form in forms(PASSWORD).items():
        assert form not in output, name
        assert form not in decoded, name


@pytest.fixture
def wizard(ca_file: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Wizard:
    monkeypatch.setenv("HOSTILE_PASSWORD", PASSWORD)
    return Wizard(ca_file, capfd)


@pytest.fixture(scope="session")
def context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.example.test").configure_cert(context)
    return context


async def test_a_server_that_behaves_passes(wizard: Wizard, context: ssl.SSLContext) -> None:
    async with behaving({}, context) as server:
        outcome = await wizard.check(server)
    assert (outcome.exit_status, outcome.report.verdict) == (0, "pass"), outcome.failed


@pytest.mark.parametrize("moment", REPLIES)
async def test_a_421_is_told_by_its_stage(moment: Moment, wizard: Wizard, context: ssl.SSLContext) -> None:
    async with behaving({moment: saying_and_closing(b"421 4.3.2 Closing\r\n")}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    assert outcome.failed == [STAGE[moment]]
    assert outcome.report.causes[0].temporary or outcome.causes[0] == "starttls-failed", outcome.causes


async def test_an_odd_password_is_not_blamed_for_what_nobody_refused(
    wizard: Wizard, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTILE_PASSWORD", f" {PASSWORD}")
    async with behaving({Moment.AUTH: saying_and_closing(b"421 4.3.2 Closing\r\n")}, context) as server:
        busy = await wizard.check(server)
    async with behaving({Moment.AUTH: saying(b"535 5.7.8 No\r\n")}, context) as server:
        refused = await wizard.check(server)
    assert "secret-mangled" not in busy.causes
    assert refused.causes[0] == "secret-mangled"


@pytest.mark.parametrize("moment", STAGE)
async def test_a_reset_is_told_by_its_stage(moment: Moment, wizard: Wizard, context: ssl.SSLContext) -> None:
    async with behaving({moment: resetting}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    # A reset right behind the connection may be seen while it is still being opened.
    assert outcome.failed == [STAGE[moment]] or (STAGE[moment] == "greeting" and outcome.failed == ["connect"])
    assert outcome.causes[0] in {
        "connection-dropped",
        "network-interference",
        "starttls-failed",
        "tls-handshake-failed",
    }


@pytest.mark.parametrize("moment", STAGE)
async def test_an_octet_now_and_then_does_not_hold_a_stage(
    moment: Moment, wizard: Wizard, context: ssl.SSLContext
) -> None:
    octets = b"\x16\x03\x03\x40\x00" if moment is Moment.HANDSHAKE else b"2"
    async with behaving({moment: dribbling(octets, pause=0.3)}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    assert outcome.failed == [STAGE[moment]]
    slow = next(check for check in outcome.report.checks if check.status == "fail")
    assert slow.duration_ms >= TIMEOUT * 900
    assert outcome.causes
    for remedy in outcome.report.causes[0].remedies:
        assert "timeout" not in remedy.text.casefold()


@pytest.mark.parametrize("moment", REPLIES)
@pytest.mark.parametrize(
    "flood",
    [b"x" * 65536, b"250-more\r\n" * 1000, b"250-" + b"y" * 60000 + b"\r\n"],
    ids=["no line end", "no last line", "endless long lines"],
)
async def test_a_reply_without_end_is_a_failure_of_its_stage(
    moment: Moment, flood: bytes, wizard: Wizard, context: ssl.SSLContext
) -> None:
    async with behaving({moment: flooding(flood)}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    assert outcome.failed == [STAGE[moment]]
    assert outcome.causes
    assert len(outcome.output) < 1_000_000


NASTY = (
    b"\x1b]0;owned\x07\x1b[2J[bold red]markup[/bold red][link=file:///etc/passwd]x[/link] \x00nul\x9b31m "
    b"\xe2\x80\xae\xe2\x80\xabbidi\xe2\x81\xa9 \xff\xfe8-bit \xc3\x28 \xed\xa0\x80 \r\x0b\x0c\x85"
    b"\xe2\x80\xa8line\xe2\x80\xa9 <b onload=x> %s {host} $(id) `id`"
)


@pytest.mark.parametrize("moment", REPLIES)
async def test_nothing_that_a_server_says_is_interpreted(
    moment: Moment, wizard: Wizard, context: ssl.SSLContext
) -> None:
    async with behaving({moment: saying(b"554 5.7.1 " + NASTY + b"\r\n")}, context) as server:
        outcome = await wizard.check(server)
        text = await wizard.read(server)
    assert outcome.exit_status == 1
    assert outcome.failed == [STAGE[moment]]
    assert outcome.causes
    assert "markup" in text


async def test_nothing_that_a_server_offers_is_interpreted(wizard: Wizard, context: ssl.SSLContext) -> None:
    offer = b"250-" + NASTY + b"\r\n250-" + NASTY.replace(b" ", b"") + b" x\r\n250-SIZE " + b"9" * 5000 + b"\r\n"
    offer += b"250-AUTH " + NASTY + b" PLAIN\r\n"
    acts = {
        Moment.EHLO: saying(offer + b"250 STARTTLS\r\n"),
        Moment.ENCRYPTED_EHLO: saying(offer + b"250 8BITMIME\r\n"),
    }
    async with behaving(acts, context) as server:
        outcome = await wizard.check(server)
        await wizard.read(server)
    assert outcome.exit_status == 0, outcome.failed


@pytest.mark.parametrize("moment", REPLIES)
@pytest.mark.parametrize(
    "reply",
    [
        b"250-one\r\n554-two\r\n421 three\r\n",
        b"999 what\r\n",
        b"\r\n\r\n\r\n",
        b"25\r\n",
        b"250_odd\r\n",
        "٢٥٠ digits\r\n".encode(),
        b"-250 minus\r\n",
        b"354 Go ahead\r\n",
        b"199 early\r\n",
    ],
    ids=["codes differ", "no such class", "empty lines", "two digits", "odd", "digits", "minus", "354", "1yz"],
)
async def test_what_is_no_answer_to_the_command_fails_its_stage(
    moment: Moment, reply: bytes, wizard: Wizard, context: ssl.SSLContext
) -> None:
    async with behaving({moment: saying_and_closing(reply)}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    assert outcome.failed == [STAGE[moment]]
    assert outcome.causes


@pytest.mark.parametrize("moment", [Moment.AUTH, Moment.MAIL, Moment.RCPT, Moment.RSET, Moment.QUIT])
async def test_a_password_that_the_server_says_back_is_hidden(
    moment: Moment, wizard: Wizard, context: ssl.SSLContext
) -> None:
    code = b"535" if moment is Moment.AUTH else b"550"
    lines = [code + b"-5.7.8 no: " + form.encode() for form in forms(PASSWORD).values()]
    async with behaving({moment: saying(b"\r\n".join([*lines, code + b" end\r\n"]))}, context) as server:
        outcome = await wizard.check(server)
        await wizard.read(server)
    if moment in STAGE:
        assert outcome.failed == [STAGE[moment]]
    assert "••••••" in outcome.output or moment in {Moment.RSET, Moment.QUIT}


@pytest.mark.parametrize("form", ["plain", "base64", "initial response", "percent"])
async def test_a_password_in_a_challenge_or_in_no_reply_is_hidden(
    form: str, wizard: Wizard, context: ssl.SSLContext
) -> None:
    said = forms(PASSWORD)[form].encode()
    for reply in (b"334 " + said + b"\r\n", said + b"\r\n", b"535 " + b"." * 8188 + said + b"\r\n", b"5" + said):
        async with behaving({Moment.AUTH: saying_and_closing(reply)}, context) as server:
            outcome = await wizard.check(server)
        assert outcome.failed == ["auth"]


async def test_challenges_without_end_are_given_up(wizard: Wizard, context: ssl.SSLContext) -> None:
    async def challenge(visit: Any) -> None:
        visit.done = True
        visit.writer.write(b"334 VXNlcm5hbWU6\r\n")
        while await visit.reader.readline():
            visit.writer.write(b"334 VXNlcm5hbWU6\r\n")

    async with behaving({Moment.AUTH: challenge}, context) as server:
        outcome = await wizard.check(server, "--mechanism", "LOGIN")
    assert outcome.exit_status == 1
    assert outcome.failed == ["auth"]
    assert [line for line in server.heard if line.startswith(b"AUTH")] == [b"AUTH LOGIN"]


async def test_a_flood_after_the_last_command_changes_nothing(wizard: Wizard, context: ssl.SSLContext) -> None:
    for act in (saying(b"221 bye\r\n" + b"250 more\r\n" * 50), flooding(b"250-x\r\n"), resetting):
        async with behaving({Moment.QUIT: act}, context) as server:
            outcome = await wizard.check(server)
        assert (outcome.exit_status, outcome.report.verdict) == (0, "pass")


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 100,
        os.urandom(4096),
        b"\x16\x03\x03\x00\x04\x02\xff\xff\xff",
        b"\x16\x03\x03\xff\xff" + b"\x02" * 70000,
        b"\x15\x03\x03\x00\x02\x02\x28",
        b"\x17\x03\x03\x00\x05hello",
        b"\x14\x03\x03\x00\x01\x01" * 500,
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
    ids=["zeros", "random", "length", "huge record", "alert", "data", "change cipher", "http"],
)
async def test_garbage_in_place_of_a_handshake_is_a_failure_of_tls(
    garbage: bytes, security: str, wizard: Wizard, context: ssl.SSLContext
) -> None:
    acts = {Moment.HANDSHAKE: saying_and_closing(garbage)}
    async with behaving(acts, context, implicit=security == "tls") as server:
        outcome = await wizard.check(server, security=security)
    assert outcome.exit_status == 1
    assert outcome.failed == ["tls"]
    assert outcome.causes


async def test_a_handshake_that_dribbles_ends_on_time_with_implicit_tls(
    wizard: Wizard, context: ssl.SSLContext
) -> None:
    acts: dict[Moment, Act] = {Moment.HANDSHAKE: dribbling(b"\x16\x03\x03\x40\x00", pause=0.3)}
    async with behaving(acts, context, implicit=True) as server:
        outcome = await wizard.check(server, security="tls")
    assert outcome.failed == ["tls"]
    assert outcome.causes


async def test_garbage_within_tls_is_a_failure_of_the_stage(wizard: Wizard, context: ssl.SSLContext) -> None:
    async def break_record(visit: Any) -> None:
        visit.done = True
        # Octets that never passed the encryption.
        raw = visit.writer.transport._ssl_protocol._transport
        raw.write(b"\x17\x03\x03\x00\x20" + os.urandom(32))
        await visit.reader.read()

    async with behaving({Moment.AUTH: break_record}, context) as server:
        outcome = await wizard.check(server)
    assert outcome.exit_status == 1
    assert outcome.failed == ["auth"]
    assert outcome.causes


@pytest.mark.parametrize("count", [2000, 10_000])
async def test_a_certificate_with_thousands_of_names_is_judged_or_named(
    count: int, wizard: Wizard, authority: trustme.CA
) -> None:
    large = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [f"host-{number}.example.test" for number in range(count)]
    authority.issue_cert(*names, "mail.example.test").configure_cert(large)
    async with behaving({}, large) as server:
        outcome = await wizard.check(server)
    if outcome.exit_status == 0:
        assert outcome.report.verdict == "pass"
    else:
        assert outcome.failed == ["tls"]
        assert outcome.causes[0] == "tls-handshake-failed"
    assert len(outcome.output) < 200_000


@pytest.mark.parametrize("length", [30, 400])
async def test_a_very_long_chain_is_judged_or_named(
    length: int, wizard: Wizard, authority: trustme.CA, tmp_path: Any
) -> None:
    leaf = authority.issue_cert("mail.example.test")
    filling = [trustme.CA(organization_name=f"Filling {number}").cert_pem.bytes() for number in range(10)]
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join([blob.bytes() for blob in leaf.cert_chain_pems] + filling * (length // 10)))
    key = tmp_path / "key.pem"
    leaf.private_key_pem.write_to_path(str(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    async with behaving({}, context) as server:
        outcome = await wizard.check(server)
    if outcome.exit_status == 0:
        assert outcome.report.verdict == "pass"
    else:
        assert outcome.failed == ["tls"]
        assert outcome.causes[0] == "tls-handshake-failed"


MEASURED = """
import resource, sys
from smtpwizard.cli.main import status
ended = status(sys.argv[1:])
print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("moment", "flood"),
    [
        (Moment.GREETING, b"x" * 65536),
        (Moment.EHLO, b"250-more\r\n" * 5000),
        (Moment.AUTH, b"250 unasked\r\n" * 5000),
    ],
    ids=["line", "reply", "replies"],
)
async def test_memory_is_bounded_while_a_server_floods(
    moment: Moment, flood: bytes, wizard: Wizard, context: ssl.SSLContext
) -> None:
    usual = await _peak(wizard, {}, context)
    flooded = await _peak(wizard, {moment: flooding(flood)}, context)
    assert flooded <= usual + 32 * 1024, "KiB"


async def _peak(wizard: Wizard, acts: dict[Moment, Act], context: ssl.SSLContext) -> int:
    async with behaving(acts, context) as server:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            MEASURED,
            *wizard.arguments(server, "--json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        async with asyncio.timeout(30):
            output, told = await process.communicate()
    conceals(output.decode())
    assert b"Traceback" not in told
    ended, peak = told.split()[-2:]
    assert int(ended) == (1 if acts else 0), told
    return int(peak)
