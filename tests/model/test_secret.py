from __future__ import annotations

import base64
import copy
import dataclasses
import io
import json
import logging
import pickle
import traceback
import unittest
import urllib.parse
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.traceback import Traceback

from smtpwizard.model.secret import MAX_SECRET_LENGTH, Secret, SecretFlaw
from smtpwizard.model.text import MASK, printable

PLAIN = "hunter2-Zebra/+=é"


@pytest.fixture
def secret() -> Secret:
    return Secret(PLAIN)


@dataclasses.dataclass(frozen=True)
class Holder:
    secret: Secret


class Held(msgspec.Struct, frozen=True):
    secret: Secret


def hidden_in(text: str) -> bool:
    return "hunter2" not in text and "Zebra" not in text


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        format,
        lambda secret: f"{secret}{secret!r}{secret!s}{secret!a}{secret:>40}",
        lambda secret: "%s %r %a" % (secret, secret, secret),  # noqa: UP031 - the old way is one of the ways
        lambda secret: f"{secret} {secret!r} {secret:x}",
        lambda secret: repr([secret, {"password": secret}, (secret,)]),
        lambda secret: repr(Holder(secret)),
        lambda secret: repr(Held(secret)),
        lambda secret: json.dumps({"password": secret}, default=str),
        lambda secret: str(copy.copy(secret)) + str(copy.deepcopy([secret])),
        lambda secret: repr(dataclasses.asdict(Holder(secret))),
        lambda secret: repr(msgspec.structs.asdict(Held(secret))),
        lambda secret: repr(dir(secret)),
    ],
)
def test_no_way_of_showing_a_secret_shows_it(secret: Secret, show: Callable[[Secret], str]) -> None:
    assert hidden_in(show(secret))


@pytest.mark.parametrize(
    "serialise",
    [
        pickle.dumps,
        lambda secret: pickle.dumps(secret, protocol=0),
        lambda secret: secret.__reduce__(),
        lambda secret: secret.__getstate__(),
        json.dumps,
        msgspec.json.encode,
        msgspec.msgpack.encode,
        msgspec.to_builtins,
        lambda secret: msgspec.json.encode(Held(secret)),
        vars,
    ],
)
def test_no_serialiser_takes_a_secret(secret: Secret, serialise: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError) as raised:
        serialise(secret)
    assert hidden_in(str(raised.value))


def test_a_secret_does_not_change(secret: Secret) -> None:
    with pytest.raises(AttributeError):
        secret.other = 1
    with pytest.raises(AttributeError):
        secret._Secret__value = "x"
    with pytest.raises(AttributeError):
        del secret._Secret__value  # type: ignore[attr-defined]


def test_a_secret_does_not_reach_the_log(secret: Secret) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, "said %s %r %(x)s", (secret, secret), None)
    record.msg = "said %s %r"
    handler.emit(record)
    assert stream.getvalue().startswith("said ")
    assert hidden_in(stream.getvalue())


def test_a_traceback_that_prints_local_variables_does_not_show_a_secret(secret: Secret) -> None:
    try:
        holder = Holder(secret)
        raise RuntimeError(f"with {holder}")
    except RuntimeError as error:
        console = Console(file=io.StringIO(), width=200)
        console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
        assert isinstance(console.file, io.StringIO)
        rich = console.file.getvalue()
        plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "secret" in rich
    assert "secret" in plain
    assert hidden_in(rich)
    assert hidden_in(plain)


def test_a_failed_comparison_does_not_show_a_secret(secret: Secret) -> None:
    with pytest.raises(AssertionError) as raised:
        unittest.TestCase().assertEqual(secret, Secret("other"))  # noqa: PT009 - its difference is what is looked at
    assert hidden_in(str(raised.value))


def test_secrets_are_compared_by_value_and_never_with_text(secret: Secret) -> None:
    assert secret == Secret(PLAIN)
    assert secret != Secret("other")
    assert (secret == PLAIN) is False
    with pytest.raises(TypeError):
        hash(secret)


def test_only_a_secret_with_something_in_it_is_true() -> None:
    assert Secret("x")
    assert not Secret("")


def test_a_secret_of_bytes_that_are_no_utf_8_can_be_compared_and_hidden() -> None:
    secret = Secret(b"caf\xe9-au-lait".decode("utf-8", "surrogateescape"))
    encoded = base64.b64encode(b"\0user\0caf\xe9-au-lait").decode()
    assert secret == Secret(secret.reveal())
    assert MASK in secret.redact(encoded)
    assert MASK in Secret("lone \ud800 surrogate").redact("lone \ud800 surrogate")


@pytest.mark.parametrize(
    ("value", "flaws"),
    [
        ("", [SecretFlaw.EMPTY]),
        ("good-Password1", []),
        ("x" * (MAX_SECRET_LENGTH + 1), [SecretFlaw.TOO_LONG]),
        ("secret\n", [SecretFlaw.LINE_BREAK]),
        ("secret\r\n", [SecretFlaw.LINE_BREAK]),
        ("sec\u2028ret", [SecretFlaw.LINE_BREAK, SecretFlaw.NON_ASCII]),
        (" secret", [SecretFlaw.OUTER_SPACE]),
        ("secret \n", [SecretFlaw.LINE_BREAK, SecretFlaw.OUTER_SPACE]),
        ("abcd efgh", [SecretFlaw.INNER_SPACE]),
        ("abcd\tefgh", [SecretFlaw.INNER_SPACE]),
        ("abcd\u00a0efgh", [SecretFlaw.NON_BREAKING_SPACE, SecretFlaw.NON_ASCII]),
        ("sec\u200bret", [SecretFlaw.INVISIBLE, SecretFlaw.NON_ASCII]),
        ("sec\x00ret", [SecretFlaw.INVISIBLE]),
        ("sec\ud800ret", [SecretFlaw.INVISIBLE, SecretFlaw.NON_ASCII]),
        ('"secret"', [SecretFlaw.QUOTED]),
        ("'secret'", [SecretFlaw.QUOTED]),
        ("`secret`", [SecretFlaw.QUOTED]),
        ("\"secret'", []),
        ("“secret”", [SecretFlaw.SMART_QUOTES, SecretFlaw.NON_ASCII]),
        ("geheimnis-ß", [SecretFlaw.NON_ASCII]),
    ],
)
def test_what_a_paste_did_to_a_secret_is_named(value: str, flaws: list[SecretFlaw]) -> None:
    assert list(Secret(value).flaws()) == flaws


def test_spaces_of_every_kind_are_stripped_from_a_grouped_secret() -> None:
    pasted = Secret(" abcd\u00a0efgh\u200b ijkl\u3000mnop\n")
    assert pasted.without_spaces() == Secret("abcdefghijklmnop")


def test_trimming_leaves_inner_spaces() -> None:
    assert Secret("\ufeff a b \r\n").trimmed() == Secret("a b")


def test_a_pattern_must_match_the_whole_secret() -> None:
    assert Secret("abcd").matches("[a-z]{4}")
    assert not Secret("abcde").matches("[a-z]{4}")


printable_secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=40)


@given(secret=printable_secrets, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_secret_is_found_as_it_is(secret: str, before: str, after: str) -> None:
    assert secret not in Secret(secret).redact(f"{before}{secret}{after}").replace(MASK, "")


@given(
    secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40),
    user=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    tail=st.binary(max_size=5),
)
def test_a_secret_is_found_in_base64_wherever_it_begins(secret: str, user: str, tail: bytes) -> None:
    octets = b"\0" + user.encode() + b"\0" + secret.encode() + tail
    encoded = base64.b64encode(octets).decode()
    kept = Secret(secret).redact(f"AUTH PLAIN {encoded}")
    assert MASK in kept
    urlsafe = base64.urlsafe_b64encode(octets).decode()
    assert MASK in Secret(secret).redact(urlsafe)
    # What is left must not decode to the secret or any longer part of it.
    for piece in kept.removeprefix("AUTH PLAIN ").split(MASK):
        decoded = base64.b64decode(piece[: len(piece) // 4 * 4])
        assert secret.encode() not in decoded


@given(printable_secrets)
def test_the_shortest_secret_is_found_in_base64_by_itself(secret: str) -> None:
    assert MASK in Secret(secret).redact(base64.b64encode(secret.encode()).decode())


@given(printable_secrets)
def test_a_secret_is_found_escaped(secret: str) -> None:
    hidden = Secret(secret)
    for text in (
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
        json.dumps({"password": secret}),
        json.dumps({"password": secret}, ensure_ascii=False),
        repr(secret),
        secret.encode().hex(),
        printable(secret),
    ):
        assert MASK in hidden.redact(text)


def test_a_secret_of_two_characters_is_not_searched_for() -> None:
    assert Secret("ab").redact("about") == "about"


def test_the_beginning_of_a_secret_is_hidden_where_a_text_was_cut() -> None:
    secret = Secret("correct-horse-battery")
    assert secret.redact("bad password correct-ho", cut=True) == f"bad password {MASK}"
    assert secret.redact("bad password correct-ho") == "bad password correct-ho"
    assert secret.redact("nothing of the kind", cut=True) == "nothing of the kind"


def test_hiding_a_long_secret_in_a_long_line_ends_soon() -> None:
    secret = Secret("a" * MAX_SECRET_LENGTH)
    assert secret.redact("b" + "a" * 8000, cut=True) == "b" + MASK


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40))
def test_a_secret_is_found_backwards(secret: str) -> None:
    assert MASK in Secret(secret).redact(f"<{secret[::-1]}>")
    assert MASK in Secret(secret).redact(base64.b64encode(secret.encode()).decode()[::-1])


@given(secret=printable_secrets, data=st.data())
def test_a_secret_that_goes_on_in_the_next_line_is_hidden_in_both(secret: str, data: st.DataObject) -> None:
    border = data.draw(st.integers(1, len(secret) - 1))
    first, second = Secret(secret).redact_lines([f"<{secret[:border]}", f"{secret[border:]}>"])
    assert first.endswith(MASK)
    assert second.startswith(MASK)


def test_lines_without_the_secret_stay_as_they_are() -> None:
    assert Secret("correct-horse").redact_lines(["a correct", "answer"]) == ("a correct", "answer")


def test_only_the_beginning_of_the_secret_makes_a_text_suspicious() -> None:
    secret = Secret("correct-horse")
    assert secret.may_begin_in("this is cor")
    assert not secret.may_begin_in("this is right")
    assert not Secret("ab").may_begin_in("a")
