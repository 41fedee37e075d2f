from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from smtpwizard.cli.accounts import parse_override
from smtpwizard.cli.compare import read_report
from smtpwizard.cli.main import status
from smtpwizard.export.read import read_env
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.document import ExplainDocument
from smtpwizard.model.errors import SmtpWizardError, UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions, Reply, ReplySyntaxError, parse_reply, split_reply_line
from smtpwizard.model.text import printable, printable_block, redact_credentials
from smtpwizard.net.dns import parse_nameserver
from smtpwizard.net.sasl import BadChallengeError, decode_challenge, oauth_error
from smtpwizard.output.compare import compare
from smtpwizard.output.documents import explain_document, to_json
from smtpwizard.troubleshoot.explain import explain
from tests.fuzz.fuzzing import SECONDS, search

pytestmark = pytest.mark.timeout(SECONDS + 110)

ODD = st.sampled_from(
    [
        "\x1b[2J",
        "\x00",
        "\u202e",
        "\ud800",
        "\ufeff",
        "\u2028",
        "\x85",
        "\u00a0",
        "٢",
        "[/b]",
        "{host}",
        "%s",
        "•",
        "\r",
        "\n",
    ]
)
TEXT = st.lists(st.one_of(st.text(), ODD), max_size=8).map("".join)
CODE = st.one_of(st.sampled_from(["250", "535", "421", "334", "554", "220"]), st.from_regex(r"\A\d{1,4}\Z"))
ENHANCED = st.sampled_from(["", "5.7.8 ", "4.4.2 ", "2.0.0 ", "5.7.1000 ", "5.7 ", "9.9.9 ", " 5.1.1"])
REPLY_LINE = st.one_of(TEXT, st.tuples(CODE, st.sampled_from(["-", " ", "", "\t"]), ENHANCED, TEXT).map("".join))


def shown(refused: SmtpWizardError) -> None:
    assert str(refused).isprintable(), str(refused)


def test_a_reply_is_read_or_refused() -> None:
    def read(lines: list[str]) -> None:
        try:
            reply, _ = parse_reply(lines)
        except ReplySyntaxError:
            return
        assert 200 <= reply.code <= 599
        assert len(reply.lines) == len(lines)
        assert reply.enhanced is None or reply.enhanced[0] == str(reply.code)[0]
        assert split_reply_line(lines[-1])[0] == reply.code
        assert str(reply).startswith(str(reply.code))

    search(st.lists(REPLY_LINE, max_size=6), read)


EHLO_LINE = st.one_of(
    TEXT,
    st.tuples(
        st.sampled_from(["AUTH ", "AUTH=", "auth  ", "SIZE ", "SIZE", "STARTTLS", "LIMITS ", "8BITMIME ", "XCLIENT "]),
        TEXT,
    ).map("".join),
    st.integers().map("SIZE {}".format),
)


def test_every_offer_is_read() -> None:
    def read(lines: list[str]) -> None:
        found = Extensions.parse(Reply(250, None, tuple(lines)))
        assert len(set(found.keywords)) == len(found.keywords)
        assert len(set(found.auth)) == len(found.auth)
        assert found.size is None or 0 <= found.size < 10**18

    search(st.lists(EHLO_LINE, max_size=8), read)


def test_printable_text_is_printable_and_bounded() -> None:
    def show(example: tuple[str | bytes, int]) -> None:
        text, limit = example
        safe = printable(text, limit=limit)
        assert safe.isprintable()
        # One character becomes ten at most, and the cut is told.
        assert len(safe) <= 10 * limit + 40
        assert printable(safe, limit=max(len(safe), 1)) == safe
        for line in printable_block(text).split("\n"):
            assert line.isprintable()

    search(st.tuples(st.one_of(TEXT, st.binary()), st.integers(1, 3000)), show)


def test_a_secret_is_hidden_wherever_it_stands() -> None:
    def hide(example: tuple[str, str, str]) -> None:
        before, value, after = example
        hidden = Secret(value).redact(f"{before}{value}{after}")
        assert value not in hidden or value in "••••••"
        redact_credentials(f"{before}{value}{after}")

    search(st.tuples(TEXT, st.text(min_size=3), TEXT), hide)


ADDRESS = st.one_of(
    TEXT, st.ip_addresses().map(str), st.sampled_from(["[::1]", "::1", "fe80::1%eth0", "1.2.3", "[", "]"])
)
NUMBER = st.one_of(st.integers(-5, 70000).map(str), TEXT, st.just("٥٨٧"), st.just("1_000"), st.just(" 25 "))


def test_resolve_is_read_or_refused() -> None:
    def read(text: str) -> None:
        try:
            override = parse_override(text)
        except UsageError as refused:
            shown(refused)
            return
        assert override.host
        assert 0 < override.port < 65536
        assert 0 < override.to_port < 65536

    parts = st.tuples(TEXT, NUMBER, ADDRESS, NUMBER).map(":".join)
    search(st.one_of(TEXT, parts, parts.map(lambda text: text.replace("::", ":["))), read)


def test_a_name_server_is_read_or_refused() -> None:
    def read(text: str) -> None:
        try:
            address, port = parse_nameserver(text)
        except UsageError as refused:
            shown(refused)
            return
        assert address
        assert 0 < port < 65536

    search(
        st.one_of(
            TEXT,
            ADDRESS,
            st.tuples(ADDRESS, NUMBER).map(":".join),
            st.tuples(ADDRESS, NUMBER).map("[{0[0]}]:{0[1]}".format),
        ),
        read,
    )


def test_a_challenge_is_read_or_refused() -> None:
    def read(text: str) -> None:
        with contextlib.suppress(BadChallengeError):
            said = oauth_error(decode_challenge(text))
            assert said is None or said.isprintable()
        said = oauth_error(text.encode("utf-8", "surrogatepass"))
        assert said is None or said.isprintable()

    search(st.one_of(TEXT, JSON.map(json.dumps)), read)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(TEXT, st.sampled_from(["host", "port", "security", "username", "status", "error", "checks"])),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)

ACCOUNT_KEYS = st.sampled_from(
    ["host", "port", "security", "provider", "username", "mechanism", "from", "to", "env", "password_env"]
)
ACCOUNT = st.dictionaries(ACCOUNT_KEYS, st.one_of(TEXT, st.integers(), st.none(), st.just("tls"), st.just("127.0.0.1")))


def test_a_line_of_accounts_ends_in_a_report_or_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "accounts.jsonl"
    options = ["check", "--accounts", str(path), "--only", "settings", "--timeout", "0.2"]

    def check(content: bytes) -> None:
        path.write_bytes(content)
        ended = status(options)
        told = capsys.readouterr()
        assert ended in {0, 1, 2}, told
        assert "a fault of this program" not in told.err
        assert "Traceback" not in told.err
        for line in (told.out + told.err).split("\n"):
            assert line.isprintable(), repr(line)

    encoded = st.one_of(ACCOUNT, JSON).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))
    search(st.one_of(st.binary(), encoded), check)


REPORT: dict[str, Any] = {
    "schema": "smtpwizard.report/1",
    "version": "1",
    "account": {"host": "h", "port": 25, "security": "none"},
    "verdict": "fail",
    "started": "2026-01-01T00:00:00Z",
    "duration_ms": 1.0,
    "checks": [
        {
            "id": "dns.address",
            "stage": "dns",
            "status": "fail",
            "title": "t",
            "summary": "s",
            "start_ms": 0.0,
            "duration_ms": 1.0,
            "evidence": [{"kind": "deadline", "limit_ms": 1.0}],
        }
    ],
    "causes": [],
    "transcript": [{"at_ms": 0.0, "direction": "send", "text": "x"}],
}


@st.composite
def changed_reports(draw: st.DrawFn) -> bytes:
    report = json.loads(json.dumps(REPORT))
    for _ in range(draw(st.integers(0, 3))):
        place: Any = report
        while True:
            key = (
                draw(st.sampled_from(sorted(place)))
                if isinstance(place, dict)
                else draw(st.integers(0, len(place) - 1))
            )
            if isinstance(place[key], dict | list) and place[key] and draw(st.booleans()):
                place = place[key]
            else:
                place[key] = draw(JSON)
                break
    encoded = json.dumps(report).encode()
    cut = draw(st.integers(0, len(encoded))) if draw(st.booleans()) else len(encoded)
    return encoded[:cut]


def test_a_report_is_compared_or_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, path = tmp_path / "whole.json", tmp_path / "changed.json"
    whole.write_text(json.dumps(REPORT))
    sound = read_report(whole)

    def read(content: bytes) -> None:
        path.write_bytes(content)
        try:
            found = read_report(path)
        except UsageError:
            return
        assert compare(found, found).same
        compare(sound, found)
        ended = status(["compare", str(whole), str(path)])
        told = capsys.readouterr()
        assert ended in {0, 1}, told
        for line in (told.out + told.err).split("\n"):
            assert line.isprintable(), repr(line)

    search(st.one_of(st.binary(), changed_reports()), read)


WORDS = st.sampled_from(
    [
        "535",
        "5.7.8",
        "550-5.7.1",
        "smtplib.SMTPAuthenticationError:",
        "Diagnostic-Code: smtp;",
        "said:",
        "(in reply to",
        "\r\n",
        "\\n",
        "b'",
        "{",
        '"',
        "AUTH PLAIN",
        "Username and Password not accepted",
        "timed out",
        "ECONNREFUSED",
        "=?utf-8?q?",
        "  ",
    ]
)


def test_any_text_is_explained() -> None:
    knowledge = load_knowledge()

    def read(text: str) -> None:
        encoded = to_json(explain_document(knowledge, explain(knowledge, text)), indent=0)
        document = msgspec.json.decode(encoded, type=ExplainDocument)
        assert all(0 <= cause.confidence <= 1 for cause in document.causes)
        confidences = [cause.confidence for cause in document.causes]
        assert confidences == sorted(confidences, reverse=True)

    search(st.lists(st.one_of(WORDS, TEXT, REPLY_LINE), max_size=12).map(" ".join), read)


ENV_LINE = st.tuples(
    st.sampled_from(["", "export ", "# ", " "]),
    st.sampled_from(
        ["SMTP_HOST", "SMTP_PORT", "SMTP_PASSWORD", "EMAIL_HOST", "EMAIL_URL", "MAIL_MAILER", "MAIL_HOST", "A"]
    ),
    st.sampled_from(["=", " = ", "", ":"]),
    st.one_of(
        TEXT,
        st.sampled_from(
            ["'", '"', "${A}", "${SMTP_HOST}", "$A", "\\", "'''", "#x", "587", "smtp://u:p@h:25", '"a\\nb"']
        ),
    ),
).map("".join)


def test_a_settings_file_is_read_or_refused(tmp_path: Path) -> None:
    targets = load_knowledge().targets
    path = tmp_path / ".env"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        for target in (None, *targets):
            try:
                read_env(path, target, targets)
            except SmtpWizardError as refused:
                shown(refused)

    lines = st.lists(ENV_LINE, max_size=8).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
    search(st.one_of(st.binary(), lines), read)
