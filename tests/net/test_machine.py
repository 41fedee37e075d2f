from __future__ import annotations

import socket
import ssl
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.hosting import Hosting
from smtpwizard.net.machine import LocalMachine

CLOUD = Hosting("Example Cloud", ("ExampleVendor",), (25,), True, ())


def machine(
    root: Path, *, files: dict[str, str] | None = None, variables: dict[str, str] | None = None
) -> LocalMachine:
    for name, text in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return LocalMachine((CLOUD,), root=root, variables=variables or {})


@pytest.mark.parametrize(
    ("file", "text", "aspect", "name"),
    [
        (".dockerenv", "", "container", "Docker"),
        ("run/.containerenv", "", "container", "Podman"),
        ("proc/1/cgroup", "0::/kubepods/besteffort/pod1", "container", "Kubernetes"),
        ("proc/1/cgroup", "12:pids:/docker/0123", "container", "Docker"),
        ("proc/1/cgroup", "1:name=systemd:/lxc/web", "container", "LXC"),
        ("proc/version", "Linux version 5.15.90.1-microsoft-standard-WSL2", "wsl", "WSL"),
        ("sys/class/dmi/id/product_name", "VirtualBox", "virtual-machine", "VirtualBox"),
        ("sys/class/dmi/id/sys_vendor", "QEMU\n", "virtual-machine", "QEMU"),
        ("sys/class/dmi/id/sys_vendor", "ExampleVendor Inc.\n", "cloud", "Example Cloud"),
    ],
)
def test_what_it_runs_in_is_known_by_its_files(tmp_path: Path, file: str, text: str, aspect: str, name: str) -> None:
    found = machine(tmp_path, files={file: text}).enclosure()
    assert found is not None
    assert (found.aspect, found.names) == (aspect, (name,))


def test_a_machine_of_its_own_runs_in_nothing(tmp_path: Path) -> None:
    files = {
        "proc/1/cgroup": "0::/init.scope",
        "proc/version": "Linux version 6.1.0-18-amd64",
        "sys/class/dmi/id/sys_vendor": "LENOVO",
    }
    assert machine(tmp_path, files=files).enclosure() is None
    assert machine(tmp_path / "empty").enclosure() is None


def test_the_innermost_of_several_counts(tmp_path: Path) -> None:
    files = {".dockerenv": "", "proc/version": "microsoft", "sys/class/dmi/id/sys_vendor": "ExampleVendor"}
    found = machine(tmp_path, files=files)
    enclosure = found.enclosure()
    assert enclosure is not None
    assert enclosure.aspect == "container"
    assert found.hosting() == CLOUD


def test_every_company_of_the_data_is_recognised_by_its_own_words_alone(tmp_path: Path) -> None:
    known = load_knowledge().hosting
    assert known
    for company in known:
        for number, word in enumerate(company.firmware):
            root = tmp_path / f"{company.name} {number}"
            machine(root, files={"sys/class/dmi/id/chassis_asset_tag": f"{word}\n"})
            assert LocalMachine(known, root=root, variables={}).hosting() == company


def test_a_desktop_hypervisor_of_microsoft_is_not_its_cloud(tmp_path: Path) -> None:
    files = {"sys/class/dmi/id/sys_vendor": "Microsoft Corporation", "sys/class/dmi/id/product_name": "Virtual Machine"}
    machine(tmp_path, files=files)
    found = LocalMachine(load_knowledge().hosting, root=tmp_path, variables={})
    assert found.hosting() is None
    enclosure = found.enclosure()
    assert enclosure is not None
    assert enclosure.aspect == "virtual-machine"


def test_proxy_variables_are_named_and_their_values_kept(tmp_path: Path) -> None:
    secret = "http://user:secret@proxy.test"
    variables = {"HTTPS_PROXY": secret, "http_proxy": secret, "ALL_PROXY": "", "NO_PROXY": "x"}
    found = machine(tmp_path, variables=variables).proxies()
    assert found is not None
    assert found.names == ("HTTPS_PROXY", "http_proxy")
    assert machine(tmp_path).proxies() is None


def test_a_vpn_is_known_by_its_interface(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(1, "lo"), (2, "eth0"), (3, "wg0"), (4, "tun1"), (5, "utun3"), (6, "wlan0"), (7, "docker0")]
    monkeypatch.setattr(socket, "if_nameindex", lambda: found)
    tunnels = machine(tmp_path).tunnels()
    assert tunnels is not None
    assert tunnels.names == ("wg0", "tun1", "utun3")
    monkeypatch.setattr(socket, "if_nameindex", lambda: found[:2])
    assert machine(tmp_path).tunnels() is None


@pytest.mark.parametrize(
    ("text", "aspect", "names"),
    [
        (
            "nameserver 8.8.8.8\nnameserver 2606:4700:4700::1111\n",
            "public-resolver",
            ("8.8.8.8", "2606:4700:4700::1111"),
        ),
        ("# nothing\nsearch corp.test\nnameserver\nnameserver x\n", "no-resolver", ()),
    ],
)
def test_an_unusual_resolver_is_told(tmp_path: Path, text: str, aspect: str, names: tuple[str, ...]) -> None:
    found = machine(tmp_path, files={"etc/resolv.conf": text}).resolvers()
    assert found is not None
    assert (found.aspect, found.names) == (aspect, names)


@pytest.mark.parametrize("server", ["127.0.0.53", "192.168.1.1", "10.0.0.2", "fe80::1%eth0"])
def test_a_resolver_of_the_house_is_not_remarked_on(tmp_path: Path, server: str) -> None:
    assert machine(tmp_path, files={"etc/resolv.conf": f"nameserver {server}\n"}).resolvers() is None


def authorities_at(monkeypatch: pytest.MonkeyPatch, cafile: str | None) -> None:
    paths = SimpleNamespace(
        cafile=cafile, capath=None, openssl_cafile_env="SSL_CERT_FILE", openssl_capath_env="SSL_CERT_DIR"
    )
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)


def test_a_machine_without_authorities_names_where_some_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authorities_at(monkeypatch, None)
    bundle = {"etc/pki/tls/certs/ca-bundle.crt": ""}
    found = machine(tmp_path, files=bundle, variables={"SSL_CERT_FILE": "/gone"}).authorities()
    assert found is not None
    assert found.aspect == "no-ca-store"
    assert {"SSL_CERT_FILE", "/etc/pki/tls/certs/ca-bundle.crt"} <= set(found.names)


def test_authorities_that_a_variable_points_to_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "corp.pem").write_bytes(trustme.CA().cert_pem.bytes())
    authorities_at(monkeypatch, str(tmp_path / "corp.pem"))
    found = machine(tmp_path, variables={"SSL_CERT_FILE": "corp.pem"}).authorities()
    assert found is not None
    assert (found.aspect, found.names) == ("ca-store-set", ("SSL_CERT_FILE",))
    assert machine(tmp_path).authorities() is None


def test_a_file_without_authorities_is_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty.pem").write_bytes(b"")
    authorities_at(monkeypatch, str(tmp_path / "empty.pem"))
    found = machine(tmp_path, variables={"SSL_CERT_FILE": "empty.pem"}).authorities()
    assert found is not None
    assert found.aspect == "no-ca-store"


def test_windows_keeps_authorities_and_name_servers_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authorities_at(monkeypatch, None)
    windows = LocalMachine(root=tmp_path, variables={}, platform="win32")
    assert (windows.authorities(), windows.resolvers()) == (None, None)


def test_this_machine_can_be_asked_everything() -> None:
    real = LocalMachine(load_knowledge().hosting)
    for ask in (real.enclosure, real.proxies, real.tunnels, real.resolvers, real.authorities):
        found = ask()
        assert found is None or found.fact.startswith("environment:")
