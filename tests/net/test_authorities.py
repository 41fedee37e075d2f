from __future__ import annotations

import os
import ssl
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from smtpwizard.model.evidence.machine import AuthorityStore
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.net import authorities
from smtpwizard.net.authorities import other_bundles, stores
from smtpwizard.net.verdict import judge
from tests.net.certificates import Authority, der, pem


@pytest.fixture(autouse=True)
def of_certifi(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of `certifi`, as that is laid out where it is installed."""
    place = tmp_path_factory.mktemp("site-packages")
    (place / "certifi").mkdir()
    (place / "certifi/__init__.py").write_text("")
    (place / "certifi/cacert.pem").write_bytes(trustme.CA().cert_pem.bytes() * 4)
    monkeypatch.syspath_prepend(str(place))
    return str(place / "certifi/cacert.pem")


def asked(monkeypatch: pytest.MonkeyPatch, cafile: str | None = None, capath: str | None = None) -> None:
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=cafile, capath=capath))


def test_collections_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_certifi: str) -> None:
    (tmp_path / "own.pem").write_bytes(trustme.CA().cert_pem.bytes() * 2)
    (tmp_path / "etc/ssl/certs").mkdir(parents=True)
    (tmp_path / "etc/ssl/certs/ca-certificates.crt").write_bytes(trustme.CA().cert_pem.bytes() * 3)
    asked(monkeypatch, str(tmp_path / "own.pem"))
    own, system, other = stores(tmp_path)
    assert own == AuthorityStore("openssl", str(tmp_path / "own.pem"), 2)
    assert system == AuthorityStore("system", "/etc/ssl/certs/ca-certificates.crt", 3)
    assert other == AuthorityStore("certifi", of_certifi, 4)


def test_a_folder_holds_as_many_as_openssl_would_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0a1b2c3d.0", "0a1b2c3d.1", "README", "ca-certificates.crt"):
        (tmp_path / name).write_bytes(b"")
    asked(monkeypatch, capath=str(tmp_path))
    assert stores(tmp_path)[0].count == 2


def test_where_openssl_asks_the_systems_collection_that_is_not_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "etc/ssl/certs/ca-certificates.crt"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(b"")
    asked(monkeypatch, capath=str(bundle.parent))
    assert [store.whose for store in stores(tmp_path)] == ["openssl", "certifi"]


def test_nothing_to_ask_is_a_collection_of_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_certifi: str
) -> None:
    asked(monkeypatch)
    assert stores(tmp_path)[0] == AuthorityStore("openssl", "", 0)
    assert of_certifi in other_bundles()


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="file names are text there")
def test_a_path_of_any_bytes_is_safe_to_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / os.fsdecode(b"ca\xff.pem")
    path.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert stores(tmp_path)[0].path.isprintable()


def test_a_chain_that_another_collection_vouches_for_is_said_to_be_known_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_certifi: str
) -> None:
    root = Authority("Company Root")
    (tmp_path / "company.pem").write_bytes(pem(root.certificate))
    monkeypatch.setattr(authorities, "other_bundles", lambda: (of_certifi, str(tmp_path / "company.pem")))
    chain = der(root.issue("mail.example.test"))
    found = judge(chain, TlsPolicy("mail.example.test"))
    assert found is not None
    assert (found.verdict, found.known_to) == ("unknown-issuer", (str(tmp_path / "company.pem"),))
    assert found.fact == "tls:known-elsewhere"
    stranger = judge(der(Authority("Stranger").issue("mail.example.test")), TlsPolicy("mail.example.test"))
    assert stranger is not None
    assert stranger.known_to == ()


def test_a_collection_that_could_not_be_read_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, path = Authority("Company Root"), tmp_path / "company.pem"
    monkeypatch.setattr(authorities, "other_bundles", lambda: (str(path),))
    chain, policy = der(root.issue("mail.example.test")), TlsPolicy("mail.example.test")
    for content, known in ((b"nothing yet", ()), (pem(root.certificate), (str(path),))):
        path.write_bytes(content)
        found = judge(chain, policy)
        assert found is not None
        assert found.known_to == known
