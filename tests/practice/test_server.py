from __future__ import annotations

import asyncio
import gc
import smtplib
import socket
import ssl
import sys
import threading
from pathlib import Path

import pytest

from smtpwizard.model.errors import CannotRunError, UsageError
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Security
from smtpwizard.practice.authority import Authority
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import run_in_thread, serve, serve_all
from tests.practice.conftest import scenario

ALL_WELL = load_scenarios()["all-well"]


async def _greeting(host: str, port: int) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return line


async def test_what_is_served_says_how_to_come_to_it() -> None:
    async with serve(ALL_WELL) as served:
        assert served.host == "127.0.0.1"
        assert served.port > 0
        assert served.name == "mail.practice.test"
        assert served.security is Security.STARTTLS
        assert served.username == "ada@practice.test"
        assert served.password == Secret("practice-makes-perfect")
        assert served.ca_file.read_text().startswith("-----BEGIN CERTIFICATE-----")
        assert served.nameserver is None
        assert "practice-makes-perfect" not in repr(served.password)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is no address of this machine")
async def test_it_listens_on_its_one_address_alone() -> None:
    async with serve(ALL_WELL) as served:
        with pytest.raises(ConnectionRefusedError):
            await _greeting("127.0.0.2", served.port)


async def test_ipv6_loopback_is_served_on_the_same_port_when_asked() -> None:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with serve(ALL_WELL, ipv6=True) as served:
        assert await _greeting("::1", served.port) == await _greeting("127.0.0.1", served.port)


async def test_many_scenarios_are_served_at_once_under_one_authority() -> None:
    async with serve_all(load_scenarios().values()) as served:
        assert len({one.port for one in served}) == len(served)
        assert len({one.ca_file for one in served}) == 1
        assert (await _greeting("127.0.0.1", served[-1].port)).startswith(b"220")


async def test_consecutive_ports_are_taken_in_order() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        start = probe.getsockname()[1]
    try:
        async with serve_all([ALL_WELL, ALL_WELL], port=start) as served:
            assert [one.port for one in served] == [start, start + 1]
    except CannotRunError:
        pytest.skip("another program took the port meanwhile")


async def test_a_port_in_use_is_said() -> None:
    async with serve(ALL_WELL) as served:
        with pytest.raises(CannotRunError, match=rf"Port {served.port} on 127\.0\.0\.1 is in use"):
            async with serve(ALL_WELL, port=served.port):
                pass


@pytest.mark.parametrize("host", ["", "localhost", "nonsense"])
async def test_a_host_that_is_no_address_is_wrong_usage(host: str) -> None:
    with pytest.raises(UsageError, match="no IP address"):
        async with serve(ALL_WELL, host=host):
            pass


async def test_more_scenarios_than_ports_are_wrong_usage() -> None:
    with pytest.raises(UsageError, match="do not fit"):
        async with serve_all([ALL_WELL, ALL_WELL], port=65535):
            pass


async def test_leaving_ends_open_sessions_and_frees_the_port() -> None:
    async with serve(ALL_WELL) as served:
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
        await reader.readline()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await _greeting("127.0.0.1", served.port)


async def test_its_own_authority_goes_with_the_server() -> None:
    async with serve(ALL_WELL) as served:
        folder = served.ca_file.parent
    assert not folder.exists()


async def test_an_authority_that_is_given_stays(tmp_path: Path) -> None:
    with Authority(tmp_path) as authority:
        async with serve(ALL_WELL, ca=authority) as served:
            assert served.ca_file == tmp_path / "practice-authority.pem"
        assert authority.ca_file.exists()


async def test_an_error_of_the_caller_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with serve(ALL_WELL):
            raise LookupError("mine")


async def test_a_port_that_refuses_refuses() -> None:
    async with serve(scenario(listens="refuse")) as served:
        with pytest.raises(ConnectionRefusedError):
            await _greeting("127.0.0.1", served.port)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves attempts unanswered when the queue is full")
async def test_a_port_that_drops_answers_no_attempt() -> None:
    async with serve(scenario(listens="drop")) as served:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await _greeting("127.0.0.1", served.port)


async def test_a_scenario_with_dns_has_a_name_server() -> None:
    import dns.asyncquery
    import dns.message

    async with serve(scenario(dns={"a": ["127.0.0.1"]})) as served:
        assert served.nameserver is not None
        host, _, port = served.nameserver.partition(":")
        query = dns.message.make_query(served.name, "A")
        reply = await dns.asyncquery.udp(query, host, port=int(port), timeout=2)

    assert [item.to_text() for item in reply.answer[0]] == ["127.0.0.1"]


def test_a_thread_serves_programs_without_asyncio_and_ends_with_the_block() -> None:
    with run_in_thread(ALL_WELL) as (served,):
        assert any(thread.name == "practice" for thread in threading.enumerate())
        with smtplib.SMTP(served.host, served.port, timeout=5) as client:
            client.starttls(context=ssl.create_default_context(cafile=served.ca_file))
            client.login(served.username, served.password.reveal())
            client.sendmail(ALL_WELL.sender, [ALL_WELL.recipient], b"Subject: x\r\n\r\nx\r\n")
        assert len(served.received()) == 1

    assert not any(thread.name == "practice" for thread in threading.enumerate())


def test_a_thread_that_cannot_serve_says_why() -> None:
    with (
        run_in_thread(ALL_WELL) as (served,),
        pytest.raises(CannotRunError, match="in use"),
        run_in_thread(ALL_WELL, port=served.port),
    ):
        pass


def test_an_error_inside_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="mine"), run_in_thread(ALL_WELL):
        raise LookupError("mine")


def test_implicit_tls_is_served(authority: Authority) -> None:
    with run_in_thread(scenario(security="tls"), ca=authority) as (served,):
        context = ssl.create_default_context(cafile=served.ca_file)
        with smtplib.SMTP_SSL("localhost", served.port, timeout=5, context=context) as client:
            assert client.noop()[0] == 250


def test_clients_that_vanish_leave_nothing_open(authority: Authority) -> None:
    with run_in_thread(ALL_WELL, scenario(security="tls"), ca=authority) as (plain, secure):
        for served in (plain, secure):
            for last_words in (b"", b"EHLO c\r\n", b"\x16\x03\x01", b"EHLO c\r\nSTARTTLS\r\n"):
                with socket.create_connection((served.host, served.port), timeout=5) as client:
                    client.sendall(last_words)
        context = ssl.create_default_context(cafile=secure.ca_file)
        # Connections are taken in order: whoever is greeted comes after all of those.
        with smtplib.SMTP_SSL("localhost", secure.port, timeout=5, context=context):
            pass
        with smtplib.SMTP(plain.host, plain.port, timeout=5):
            pass
    gc.collect()
