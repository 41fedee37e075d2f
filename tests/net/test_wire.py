from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Awaitable, Callable

import pytest
import trustme

from smtpwizard.net.tls import handshake_context
from smtpwizard.net.wire import (
    ENDLESS_LINE,
    LINE_LIMIT,
    QUEUE_LIMIT,
    EndlessReplyError,
    Wire,
    WireClosed,
    closed_by,
    errno_name,
    ssl_reason,
)


class Pipe(asyncio.Transport):
    """A transport that only notes whether it is to be read from."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return False


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_lines_are_the_same_however_they_arrive(size: int) -> None:
    wire = Wire()
    stream = b"220 one\r\n250-two\n\r\n250 thr\ree\r\n"
    for start in range(0, len(stream), size):
        wire.data_received(stream[start : start + size])
    lines = [await wire.read_line() for _ in range(4)]
    assert lines == [(b"220 one", False), (b"250-two", False), (b"", False), (b"250 thr\ree", False)]


async def test_a_line_is_cut_at_the_limit_and_the_next_one_is_whole() -> None:
    wire = Wire()
    wire.data_received(b"x" * (LINE_LIMIT - 1))
    wire.data_received(b"yy" * LINE_LIMIT + b"\r\n250 ok\r\n")
    assert await wire.read_line() == (b"x" * (LINE_LIMIT - 1) + b"y", True)
    assert await wire.read_line() == (b"250 ok", False)


async def test_a_reader_that_lags_makes_the_server_wait() -> None:
    wire, pipe = Wire(), Pipe()
    wire.connection_made(pipe)
    wire.data_received(b"x\n" * QUEUE_LIMIT)
    assert not pipe.reading
    for _ in range(QUEUE_LIMIT // 2 + 1):
        await wire.read_line()
    assert pipe.reading


async def test_a_line_that_goes_on_and_on_is_not_waited_for() -> None:
    wire, pipe = Wire(), Pipe()
    wire.connection_made(pipe)
    wire.data_received(b"220 hello\n" + b"x" * (ENDLESS_LINE + 1))
    assert await wire.read_line() == (b"220 hello", False)
    assert not pipe.reading
    with pytest.raises(EndlessReplyError):
        await wire.read_line()


async def test_what_came_before_the_end_can_still_be_read() -> None:
    wire = Wire()
    wire.data_received(b"221 bye\r\nhalf a li")
    wire.eof_received()
    wire.connection_lost(None)
    assert await wire.read_line() == (b"221 bye", False)
    with pytest.raises(WireClosed) as raised:
        await wire.read_line()
    assert raised.value.how == "closed"
    assert wire.partial == b"half a li"


async def test_a_reset_outranks_a_close() -> None:
    wire = Wire()
    wire.eof_received()
    wire.connection_lost(ConnectionResetError(errno.ECONNRESET, "reset"))
    with pytest.raises(WireClosed) as raised:
        await wire.write(b"x")
    assert (raised.value.how, raised.value.errno) == ("reset", "ECONNRESET")


async def test_what_was_taken_unread_is_gone() -> None:
    wire = Wire()
    wire.data_received(b"one\r\ntwo")
    assert wire.take_unread() == b"one\r\ntwo"
    assert not wire.has_line
    wire.data_received(b"three\r\n")
    assert await wire.read_line() == (b"three", False)


async def test_an_unconnected_wire_has_no_transport() -> None:
    with pytest.raises(WireClosed):
        _ = Wire().transport


@pytest.mark.parametrize(
    ("error", "how", "code"),
    [
        (None, "closed", None),
        (ConnectionResetError(errno.ECONNRESET, "x"), "reset", "ECONNRESET"),
        (ConnectionResetError(), "reset", "ECONNRESET"),
        (BrokenPipeError(errno.EPIPE, "x"), "reset", "EPIPE"),
        (TimeoutError(errno.ETIMEDOUT, "x"), "timeout", "ETIMEDOUT"),
        (OSError(errno.EHOSTUNREACH, "x"), "failed", "EHOSTUNREACH"),
        (ssl.SSLError(1, "x"), "tls", None),
    ],
)
def test_the_error_says_how_a_connection_ended(error: Exception | None, how: str, code: str | None) -> None:
    closed = closed_by(error)
    assert (closed.how, closed.errno) == (how, code)


def test_windows_error_numbers_get_their_names() -> None:
    error = OSError(0, "x")
    setattr(error, "winerror", 10061)  # noqa: B010 - only Windows knows this attribute
    assert errno_name(error) == "ECONNREFUSED"
    setattr(error, "winerror", 12345)  # noqa: B010 - only Windows knows this attribute
    assert errno_name(error) == "WSA12345"


def test_an_error_number_without_a_name_stays_a_number() -> None:
    assert errno_name(OSError(99999, "x")) == "99999"
    assert errno_name(ValueError()) is None
    assert errno_name(ssl.SSLError(1, "x")) is None


def test_openssl_says_why_in_words_with_hyphens() -> None:
    error = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"
    assert ssl_reason(error) == "wrong-version-number"
    assert ssl_reason(ssl.SSLEOFError()) == "unexpected-eof"
    assert ssl_reason(ssl.SSLError()) == "failed"


@pytest.mark.parametrize("end", [Wire.leave, Wire.drop])
async def test_a_connection_that_is_left_over_tls_is_closed_though_the_other_side_says_nothing(
    end: Callable[[Wire], Awaitable[None]],
) -> None:
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(server_tls)

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(writer.transport, asyncio.Transport)
        writer.transport.pause_reading()

    async with await asyncio.start_server(deaf, "127.0.0.1", ssl=server_tls) as server:
        port = server.sockets[0].getsockname()[1]
        below, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
        await wire.secure(handshake_context(), "localhost", 5)
        socket = below.get_extra_info("socket")
        await end(wire)
        assert socket.fileno() == -1
