"""Exported files, read by the parsers that programs really use."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from smtpwizard.export.catalog import all_readers
from smtpwizard.export.plan import plan
from smtpwizard.export.reader import Reader, Unreadable, Unrepresentable
from smtpwizard.export.write import write
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.errors import UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from tests.integration.parts.readers import ALL, HERE, Reading, RealReader
from tests.integration.parts.requirement import require

NASTY = (
    "letters1DIGITS",
    "!%+/=._-:@,~",
    "abcd efgh ijkl mnop",
    "pa#ss",
    "pa #ss",
    "#pass",
    "pa$HOMEx",
    "pa${HOME}",
    "${HOME:-x}",
    "$HOME",
    "$2a$08$abcdefghijklmnop",
    "a$(id)b",
    "a`id`b",
    "it's",
    "'quoted'",
    '"quoted"',
    "'\"$#",
    "a\\nb",
    "a\\tb",
    "a\\\\b",
    "ends in \\",
    "\\",
    "a'b\\",
    " outer spaces ",
    "\ttab\t",
    "~root",
    "a:~root",
    "grün-ß-密码-🔑",
    "\u00a0no break\u00a0",
    "next\u0085line",
    "line\u2028separator",
    "form\x0cfeed",
    "zero\u200bwidth",
    "e\u0301",
    "a&b|c;d<e>f(g)h{i}j[k]l*m?n^o",
    "!history !!",
    "%PATH%",
    "key=value",
    "export x",
    "null",
    "",
    "x" * 5000,
)
_ALPHABET = string.ascii_letters[:6] + "01 \t'\"\\$#{}()`=:;!~&|<>*?[]nrt/äß€\u00a0"
_LINE_PARTS = (
    *("A", "B", "export ", "export\t", "=", "=", "=", " ", "  ", "#", " #", "'", "'", '"', '"', "\\", "\\n", "\\'"),
    *('\\"', "\\$", "$", "$A", "${A}", "${HOME}", "${A:-z}", "x", "y z", "\n", "\n", "\r\n", "\t", "é", ":", "`"),
    *("'\n", '"\n', "A=", "B='", 'A="', "\nA=", "\nB="),
    *("\r", "\x0b", "\x0c", "\x1c", "\u0085", "\u00a0", "\u2028", "\ufeff"),
)
RULED = [real for real in ALL if real.rules is not None]


def secrets(seed: str, count: int) -> list[str]:
    """Random secrets of characters that parsers care about."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_ALPHABET, k=chance.randint(1, 16))) for _ in range(count)]


def texts(seed: str, count: int) -> list[str]:
    """Random files of pieces that parsers care about."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_LINE_PARTS, k=chance.randint(1, 14))) for _ in range(count)]


def writable(reader: Reader, values: Sequence[str]) -> dict[str, str]:
    """Those of the values that the reader's rules let be written, as they are written."""
    written = {}
    for value in values:
        try:
            written[value] = reader.quote(value)
        except Unrepresentable:
            continue
    return written


def ours(reader: Reader, real: RealReader, text: str) -> Reading:
    try:
        return reader.parse(text, real.environment)
    except Unreadable:
        return None


@pytest.mark.real
@pytest.mark.parametrize("real", RULED, ids=lambda real: real.name)
def test_real_reader_gets_the_very_secret_that_was_written(real: RealReader, tmp_path: Path) -> None:
    require(real.available())
    written = writable(all_readers()[real.rules or ""], [*NASTY, *secrets(real.name, 400)])
    assert len(written) > 150
    path = tmp_path / ".env"
    path.write_text("".join(f"K{number}={text}\n" for number, text in enumerate(written.values())), newline="")
    assert real.read([path]) == [{f"K{number}": value for number, value in enumerate(written)}]


@pytest.mark.real
@pytest.mark.parametrize("real", ALL, ids=lambda real: real.name)
def test_every_reader_gets_what_was_written_for_an_unknown_one(real: RealReader, tmp_path: Path) -> None:
    require(real.available())
    values = [value for value in (*NASTY, *secrets("strict", 600)) if value]
    written = writable(all_readers()["strict"], values)
    assert len(written) > 100
    path = tmp_path / ".env"
    path.write_text("".join(f"K{number}={text}\n" for number, text in enumerate(written.values())), newline="")
    assert real.read([path]) == [{f"K{number}": value for number, value in enumerate(written)}]


@pytest.mark.real
@pytest.mark.parametrize("real", RULED, ids=lambda real: real.name)
def test_rules_read_any_file_as_the_real_reader_does(real: RealReader, tmp_path: Path) -> None:
    require(real.available())
    reader = all_readers()[real.rules or ""]
    files = [*sorted((HERE / "files").glob("*.env")), *(tmp_path / f"{number}.env" for number in range(400))]
    for path, text in zip(files[-400:], texts(real.name, 400), strict=True):
        path.write_text(text, newline="")
    readings = real.read(files)
    contents = [path.read_bytes().decode() for path in files]
    differing = [
        (content, ours(reader, real, content), reading)
        for content, reading in zip(contents, readings, strict=True)
        if ours(reader, real, content) != reading
    ]
    assert differing == []


OLD_FILE = """\
# The application
APP_NAME="My App"
SECRET_KEY='s3cr;t & more'
export PLAIN=plain

# Mail
{key}=old.example.org
DATABASE_URL=postgres://user:pass@db.example.org/app?x=%20
EMPTY=
TWICE=1
TWICE=2
LAST=1"""
ACCOUNT = Account("smtp.example.org", 587, Security.STARTTLS, username="me@example.org", sender="me@example.org")
SECRET = Secret("pa#ss wo;rd's!")
TARGETS = load_knowledge().targets
READ_BY = [
    pytest.param(target_id, real, id=f"{target_id}-{real.name}")
    for target_id, target in TARGETS.items()
    for real in ALL
    if target.reader in {real.rules, "strict"}
]

RULED_TARGETS = [parameters for parameters in READ_BY if TARGETS[str(parameters.values[0])].reader != "strict"]


@pytest.mark.real
@pytest.mark.parametrize(("target_id", "real"), READ_BY)
def test_every_other_setting_is_read_as_before(target_id: str, real: RealReader, tmp_path: Path) -> None:
    require(real.available())
    target = TARGETS[target_id]
    host = target.holding("host")[0].name
    old = OLD_FILE.format(key=host)
    contents = [old, old + "\n", old.replace("\n", "\r\n"), ""]
    if real.name in {"bash", "dash"}:
        contents[2] = ""  # A shell takes a carriage return for part of the value.
    paths = [tmp_path / f"{number}.env" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, newline="")
    before = real.read(paths)
    for path in paths:
        write(plan(target, ACCOUNT, SECRET, path))
    names = {variable.name for variable in target.variable}
    for was, reading in zip(before, real.read(paths), strict=True):
        assert was is not None
        assert reading is not None
        assert {k: v for k, v in reading.items() if k not in names} == {k: v for k, v in was.items() if k not in names}
        assert reading[host] == "smtp.example.org"
        assert [reading[v.name] for v in target.holding("password")] == [SECRET.reveal()]
        assert [reading[v.name] for v in target.holding("port")] == ["587"]


@pytest.mark.real
@pytest.mark.parametrize(("target_id", "real"), RULED_TARGETS)
def test_even_a_broken_file_is_merged_without_harm_or_refused(target_id: str, real: RealReader, tmp_path: Path) -> None:
    require(real.available())
    target = TARGETS[target_id]
    names = {variable.name for variable in target.variable}
    host = target.holding("host")[0].name
    paths = [tmp_path / f"{number}.env" for number in range(150)]
    for path, text in zip(paths, texts(target_id, len(paths)), strict=True):
        path.write_text(text.replace("B", host), newline="")
    before = real.read(paths)
    refused = set()
    for path in paths:
        content = path.read_bytes()
        try:
            write(plan(target, ACCOUNT, SECRET, path))
        except UsageError:
            assert path.read_bytes() == content
            refused.add(path)
    assert len(refused) < len(paths)
    after = real.read(paths)
    for path, was, reading in zip(paths, before, after, strict=True):
        if path in refused:
            continue
        assert was is not None
        assert reading is not None
        assert reading[host] == "smtp.example.org"
        # What refers to the host follows it.
        if f"${{{host}" not in path.read_text() and f"${host}" not in path.read_text():
            assert {k: v for k, v in reading.items() if k not in names} == {
                k: v for k, v in was.items() if k not in names
            }


@pytest.mark.real
@pytest.mark.parametrize("target_id", ["django", "django-decouple"])
@pytest.mark.parametrize(("security", "port"), [("tls", 465), ("starttls", 587), ("none", 25)])
def test_django_settings_made_of_the_snippet_have_the_very_values(
    target_id: str, security: str, port: int, tmp_path: Path
) -> None:
    target = TARGETS[target_id]
    account = Account("smtp.example.org", port, Security(security), username="me", sender="me@example.org")
    write(plan(target, account, SECRET, tmp_path / ".env"))
    assert target.snippet is not None
    program = f"from pathlib import Path\nBASE_DIR = Path({str(tmp_path)!r})\n{target.snippet.text}\n"
    program += (
        "print([EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL, "
        "DEFAULT_FROM_EMAIL, SERVER_EMAIL])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    expected = ["smtp.example.org", port, "me", SECRET.reveal(), security == "starttls", security == "tls"]
    assert done.stdout.strip() == str([*expected, "me@example.org", "me@example.org"])
