"""What this machine tells of itself by its files and variables: a container, a cloud, a proxy, a VPN."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import ssl
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from smtpwizard.model.evidence.machine import AuthorityStore, Surrounding
from smtpwizard.model.hosting import Hosting
from smtpwizard.model.text import printable
from smtpwizard.net import authorities

Aspect = Literal["proxy", "vpn", "public-resolver", "ca-store-set"]
_SIZE: Final = 64 * 1024
"""Characters of one file that are read."""
_NAMES: Final = 8
"""Names of one kind that are kept."""

_CONTAINER_FILES: Final = {"/.dockerenv": "Docker", "/run/.containerenv": "Podman"}
_CONTAINER_GROUPS: Final = {
    "kubepods": "Kubernetes",
    "docker": "Docker",
    "libpod": "Podman",
    "containerd": "containerd",
    "lxc": "LXC",
}
"""What stands in the control group of a container's first process."""
_FIRMWARE: Final = ("sys_vendor", "product_name", "board_vendor", "chassis_asset_tag", "bios_vendor")
_VIRTUAL: Final = (
    "KVM",
    "QEMU",
    "VMware",
    "VirtualBox",
    "Bochs",
    "HVM domU",
    "Parallels",
    "Virtual Machine",
    "OpenStack",
    "Xen",
)
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy")
_TUNNEL: Final = re.compile(r"(?:tun|tap|utun|wg|ppp|ipsec|nordlynx|tailscale|zt|proton|mullvad|gpd|cscotun)[\w.-]*")


class LocalMachine:
    """The machine that this program runs on. `root` stands before each path, `variables` for the environment's."""

    def __init__(
        self,
        hosting: Sequence[Hosting] = (),
        *,
        root: Path = Path("/"),
        variables: Mapping[str, str] = os.environ,
        platform: str = sys.platform,
    ) -> None:
        self._hosting = hosting
        self._root = root
        self._variables = variables
        self._platform = platform

    def enclosure(self) -> Surrounding | None:
        container = next((name for path, name in _CONTAINER_FILES.items() if self._exists(path)), None)
        groups = self._read("/proc/1/cgroup")
        container = container or next((name for word, name in _CONTAINER_GROUPS.items() if word in groups), None)
        if container is None and "KUBERNETES_SERVICE_HOST" in self._variables:
            container = "Kubernetes"
        if container is not None:
            return Surrounding("container", (container,))
        if "microsoft" in self._read("/proc/version").casefold():
            return Surrounding("wsl", ("WSL",))
        hosting = self.hosting()
        if hosting is not None:
            return Surrounding("cloud", (hosting.name,))
        firmware = self._firmware()
        virtual = next((word for word in _VIRTUAL if word.casefold() in firmware), None)
        return Surrounding("virtual-machine", (virtual,)) if virtual is not None else None

    def hosting(self) -> Hosting | None:
        firmware = self._firmware()
        for hosting in self._hosting:
            if any(word.casefold() in firmware for word in hosting.firmware):
                return hosting
        return None

    def proxies(self) -> Surrounding | None:
        found = [name for name in self._variables if name.casefold() in _PROXIES and self._variables[name]]
        return _named("proxy", sorted(found))

    def tunnels(self) -> Surrounding | None:
        try:
            names = [name for _, name in socket.if_nameindex()]
        except (OSError, AttributeError):
            names = []
        return _named("vpn", [name for name in names if _TUNNEL.fullmatch(name)])

    def resolvers(self) -> Surrounding | None:
        if self._platform == "win32":
            return None
        servers = list(_nameservers(self._read("/etc/resolv.conf")))
        if not servers:
            return Surrounding("no-resolver", ())
        return _named("public-resolver", [str(server) for server in servers if server.is_global])

    def authorities(self) -> Surrounding | None:
        paths = ssl.get_default_verify_paths()
        variables = [name for name in (paths.openssl_cafile_env, paths.openssl_capath_env) if self._variables.get(name)]
        # Windows and macOS keep their authorities in stores of their own, not in files.
        own, *others = self.stores()
        if self._platform not in {"win32", "darwin"} and not own.count:
            elsewhere = [store.path for store in others]
            return Surrounding("no-ca-store", tuple([*variables, *elsewhere]))
        return _named("ca-store-set", variables)

    def stores(self) -> tuple[AuthorityStore, ...]:
        return authorities.stores(self._root)

    def _firmware(self) -> str:
        """What the firmware says of itself, in lower case. Any user may read these fields."""
        return "\n".join(self._read(f"/sys/class/dmi/id/{field}") for field in _FIRMWARE).casefold()

    def _exists(self, path: str) -> bool:
        with suppress(OSError):
            return (self._root / path.lstrip("/")).exists()
        return False

    def _read(self, path: str) -> str:
        with suppress(OSError), (self._root / path.lstrip("/")).open(encoding="utf-8", errors="replace") as file:
            return file.read(_SIZE)
        return ""


def _named(aspect: Aspect, names: Sequence[str]) -> Surrounding | None:
    shown = tuple(printable(name, limit=80) for name in names[:_NAMES])
    return Surrounding(aspect, shown) if shown else None


def _nameservers(text: str) -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The name servers of a resolver configuration (resolv.conf(5))."""
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            with suppress(ValueError):
                yield ipaddress.ip_address(words[1].partition("%")[0])
