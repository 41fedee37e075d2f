"""Two network namespaces joined by a cable, with nftables on the server's end. No packet leaves the machine."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tests.integration.parts import processes

CLIENT_ADDRESSES: Final = ("10.77.0.1", "fd77::1")
SERVER_ADDRESSES: Final = ("10.77.0.2", "fd77::2")

Fate = Literal["drop", "unreachable", "refuse", "reset"]
"""What becomes of a connection: `drop` answers nothing, `unreachable` is ICMP host unreachable, `refuse` is
what a closed port says, and `reset` lets the connection come about and then breaks it.

Over IPv6 `unreachable` is felt after a second: the first answer comes back while the kernel still holds the
socket that connects, so that only the one to the repeated SYN counts."""

Family = Literal["ipv4", "ipv6"]

_RULES: Final[Mapping[Fate, str]] = {
    "drop": "drop",
    "unreachable": "reject with icmpx type host-unreachable",
    "refuse": "reject with tcp reset",
    "reset": "tcp flags & (syn | ack) == ack reject with tcp reset",
}


def available() -> str | None:
    """None, or what is missing."""
    lacking = processes.missing("iproute2", "ip", root=True) or processes.missing("nftables", "nft", root=True)
    if lacking:
        return lacking
    name = _new_name()
    tried = subprocess.run(["ip", "netns", "add", name], env=_ENVIRONMENT, capture_output=True, text=True)
    if tried.returncode != 0:
        return f"network namespaces cannot be made here: {tried.stderr.strip()}"
    _run("ip", "netns", "delete", name)
    return None


@dataclass(frozen=True, slots=True)
class Network:
    """The two ends, by the names of their namespaces."""

    client: str
    server: str

    def at_client(self, *command: str | Path) -> list[str]:
        """The command as it has to be started to run at the client's end."""
        return within(self.client, *command)

    def at_server(self, *command: str | Path) -> list[str]:
        """The command as it has to be started to run at the server's end."""
        return within(self.server, *command)

    def decide(self, fate: Fate, *ports: int, families: Sequence[Family] = ("ipv4", "ipv6")) -> None:
        """From now on treat TCP connections to the server's `ports` over `families` like this.

        Without ports, all of them. A port and family decided before keeps its first fate.
        """
        chosen = f"tcp dport {{ {', '.join(map(str, ports))} }}" if ports else "meta l4proto tcp"
        rules = [f"add rule inet smtp input meta nfproto {family} {chosen} {_RULES[fate]}" for family in families]
        _nft(self.server, rules)

    def forget(self) -> None:
        """Let everything through again."""
        _nft(self.server, ["flush chain inet smtp input"])


@contextlib.contextmanager
def joined() -> Iterator[Network]:
    """Make the namespaces, the cable and the addresses; remove them on leaving.

    Servers started inside must have ended by then.
    """
    network = Network(client=_new_name(), server=_new_name())
    with contextlib.ExitStack() as made:
        for name in (network.client, network.server):
            _run("ip", "netns", "add", name)
            made.callback(_run, "ip", "netns", "delete", name)
            _run("ip", "-n", name, "link", "set", "lo", "up")
        peer = ("type", "veth", "peer", "name", "cable", "netns", network.server)
        _run("ip", "-n", network.client, "link", "add", "name", "cable", *peer)
        for name, addresses in ((network.client, CLIENT_ADDRESSES), (network.server, SERVER_ADDRESSES)):
            ipv4, ipv6 = addresses
            _run("ip", "-n", name, "address", "add", f"{ipv4}/24", "dev", "cable")
            # Without nodad the address could not be used until the kernel has asked for duplicates.
            _run("ip", "-n", name, "address", "add", f"{ipv6}/64", "dev", "cable", "nodad")
            _run("ip", "-n", name, "link", "set", "cable", "up")
        _nft(
            network.server,
            ["add table inet smtp", "add chain inet smtp input { type filter hook input priority 0; }"],
        )
        yield network


def within(namespace: str, *command: str | Path) -> list[str]:
    """The command as it has to be started to run in a namespace."""
    return [processes.find("ip") or "ip", "netns", "exec", namespace, *map(str, command)]


_ENVIRONMENT: Final = {"PATH": processes.SYSTEM_PATH}


def _new_name() -> str:
    return f"smtp-{secrets.token_hex(4)}"


def _nft(namespace: str, commands: Sequence[str]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".nft") as rules:
        rules.write("\n".join(commands) + "\n")
        rules.flush()
        _run("ip", "netns", "exec", namespace, "nft", "-f", rules.name)


def _run(*command: str) -> None:
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
