"""A TCP proxy on loopback whose far side seems far away: each byte travels a fixed time each way.

It runs as a process of its own, so that the program under test does not share its event loop with it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.integration.parts import processes
from tests.integration.parts.waiting import wait_for

_CHUNK = 65536
_CHUNKS_UNDER_WAY = 256


@contextlib.contextmanager
def running(host: str, port: int, *, round_trip: float) -> Iterator[int]:
    """Forward a new loopback port to `host`:`port` with `round_trip` seconds there and back; yield that port.

    The kernel accepts a connection at once, so connecting itself takes no time; the first byte of a
    server that speaks first comes after one round trip, as on a real path.
    """
    with processes.server_folder("delay") as folder:
        port_file = folder / "port"
        argv = [sys.executable, "-m", __name__, host, str(port), str(round_trip / 2), str(port_file)]
        with processes.background(argv, log=folder / "proxy.log", cwd=Path(__file__).parents[3]):
            yield int(wait_for(lambda: port_file.read_text() if port_file.exists() else None, "the delaying proxy"))


async def _serve(host: str, port: int, one_way: float, port_file: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The last packet of the handshake is under way for as long as any other.
        await asyncio.sleep(one_way)
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as directions:
                directions.create_task(_carry(reader, far_writer, one_way))
                directions.create_task(_carry(far_reader, writer, one_way))
        finally:
            far_writer.close()
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    part = port_file.with_suffix(".part")
    part.write_text(str(server.sockets[0].getsockname()[1]))
    part.rename(port_file)
    async with server:
        await server.serve_forever()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one_way: float) -> None:
    """Copy one direction. Bytes, and the end of them, arrive `one_way` seconds after they were sent."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes | None]] = asyncio.Queue(_CHUNKS_UNDER_WAY)

    async def depart() -> None:
        try:
            while data := await reader.read(_CHUNK):
                await under_way.put((loop.time() + one_way, data))
            await under_way.put((loop.time() + one_way, b""))
        except ConnectionError:
            await under_way.put((loop.time() + one_way, None))

    async def arrive() -> None:
        while True:
            at, data = await under_way.get()
            await asyncio.sleep(at - loop.time())
            if data is None:
                writer.transport.abort()
                return
            try:
                if not data:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()
            except (ConnectionError, OSError):
                # The other side has gone; what still comes is read and dropped, until its end.
                data = b""

    async with asyncio.TaskGroup() as both:
        both.create_task(depart())
        both.create_task(arrive())


def main() -> None:
    """Run the proxy until it is told to end."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("host")
    arguments.add_argument("port", type=int)
    arguments.add_argument("one_way", type=float, help="seconds")
    arguments.add_argument("port_file", type=Path, help="is told which port was taken")
    given = arguments.parse_args()
    asyncio.run(_serve(given.host, given.port, given.one_way, given.port_file))


if __name__ == "__main__":
    main()
