from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from smtpwizard.net.tls import CHAIN_LIMIT, handshake_context, peer_chain, server_name
from tests.net.certificates import Authority, der, key, pem

HOST = "mail.example.test"
ROOT = Authority()
INTERMEDIATE = Authority("Test Intermediate", issuer=ROOT)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (HOST, HOST),
        (HOST + ".", HOST),
        ("bücher.test", "xn--bcher-kva.test"),
        ("mail..test", None),
        ("x" * 64 + ".test", None),
        ("a\x00b.test", None),
        (".".join(["label"] * 60), None),
        ("\udcff.test", None),
        ("", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("[::1]", None),
    ],
)
def test_only_a_name_is_indicated_to_the_server(host: str, name: str | None) -> None:
    assert server_name(host) == name


def test_the_handshake_verifies_nothing_and_speaks_nothing_old() -> None:
    context = handshake_context()
    assert context.verify_mode is ssl.CERT_NONE
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_the_chain_comes_as_it_was_sent(tmp_path: Path) -> None:
    leaf, issuer = INTERMEDIATE.issue(HOST), INTERMEDIATE.certificate
    server, client = _shaken_hands(tmp_path, [leaf, issuer])
    assert peer_chain(client) == der(leaf, issuer)
    assert peer_chain(server) == []


def test_a_chain_that_never_ends_is_cut(tmp_path: Path) -> None:
    leaf = ROOT.issue(HOST)
    _, client = _shaken_hands(tmp_path, [leaf, *(Authority(f"CA {n}", key()).certificate for n in range(15))])
    assert len(peer_chain(client)) == CHAIN_LIMIT


def _shaken_hands(tmp_path: Path, chain: list[x509.Certificate]) -> tuple[ssl.SSLObject, ssl.SSLObject]:
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    (tmp_path / "chain.pem").write_bytes(pem(*chain))
    (tmp_path / "key.pem").write_bytes(key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = handshake_context().wrap_bio(to_client, to_server, server_hostname=HOST)
    waiting = [client, server]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    return server, client
