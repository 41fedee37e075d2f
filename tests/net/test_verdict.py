from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from smtpwizard.model.evidence.tls import Certificate
from smtpwizard.model.ports import TlsPolicy
from smtpwizard.net.certificate import NAMES_LIMIT
from smtpwizard.net.verdict import judge
from tests.net.certificates import (
    CLIENT_ONLY,
    DAY,
    FOR_SERVERS,
    Authority,
    der,
    key,
    key_usage,
    pem,
    rsa_key,
    self_signed,
    signed_with_sha1,
    unreadable,
)

HOST = "mail.example.test"
ROOT = Authority()
INTERMEDIATE = Authority("Test Intermediate", issuer=ROOT)
WEAK_INTERMEDIATE = Authority("Weak Intermediate", rsa_key(1024), issuer=ROOT)
STRANGER = Authority("Strange Root")
FOR_CLIENTS = Authority("Client Authority", issuer=ROOT, usages=tuple(CLIENT_ONLY))
NO_AUTHORITY = Authority("Pretender", issuer=ROOT, is_authority=False)
MAY_NOT_SIGN = Authority("Unsigning Authority", issuer=ROOT, signs=False)
LAST = Authority("Last Authority", issuer=ROOT, path_length=0)
BELOW_LAST = Authority("Authority Below", issuer=LAST)
OLD = Authority("Old Intermediate", issuer=ROOT, ends=-DAY)
AVAST = Authority("Avast Web/Mail Shield Root")


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(pem(ROOT.certificate))
    return str(path)


def judged(chain: list[x509.Certificate], ca_file: str, host: str = HOST, pin: str | None = None) -> Certificate:
    found = judge(der(*chain), TlsPolicy(host, ca_file, pin), ("Avast", "Zscaler"))
    assert found is not None
    return found


CHAINS = {
    "sound": ([ROOT.issue(HOST)], "trusted", 0),
    "for servers": ([ROOT.issue(HOST, usages=FOR_SERVERS)], "trusted", 0),
    "with an intermediate": ([INTERMEDIATE.issue(HOST), INTERMEDIATE.certificate], "trusted", 0),
    "with the root": ([ROOT.issue(HOST), ROOT.certificate], "trusted", 0),
    "in another order": (
        [INTERMEDIATE.issue(HOST), ROOT.certificate, INTERMEDIATE.certificate],
        "trusted",
        0,
    ),
    "wildcard": ([ROOT.issue("*.example.test")], "trusted", 0),
    "wildcard of the domain above": ([ROOT.issue("*.test")], "hostname-mismatch", 0),
    "another name": ([ROOT.issue("other.example.test")], "hostname-mismatch", 0),
    "no name": ([ROOT.issue()], "hostname-mismatch", 0),
    "expired": ([ROOT.issue(HOST, begins=-90 * DAY, ends=-DAY)], "expired", 10),
    "not yet valid": ([ROOT.issue(HOST, begins=DAY)], "not-yet-valid", 9),
    "self-signed": ([self_signed(HOST)], "self-signed", 18),
    "self-signed root": ([STRANGER.issue(HOST), STRANGER.certificate], "self-signed-in-chain", 19),
    "unknown issuer": ([STRANGER.issue(HOST)], "unknown-issuer", 20),
    "incomplete": ([INTERMEDIATE.issue(HOST, issuer_url="http://ca.test/i.crt")], "incomplete-chain", 20),
    "weak key": ([ROOT.issue(HOST, key=rsa_key(1024))], "weak", 0),
    "weak intermediate": ([WEAK_INTERMEDIATE.issue(HOST), WEAK_INTERMEDIATE.certificate], "weak", 0),
    "weak certificate that vouches for nothing": ([ROOT.issue(HOST), WEAK_INTERMEDIATE.certificate], "trusted", 0),
    "strong RSA key": ([ROOT.issue(HOST, key=rsa_key(2048))], "trusted", 0),
    "for clients": ([ROOT.issue(HOST, usages=CLIENT_ONLY)], "wrong-purpose", 0),
    "for signing documents": (
        [ROOT.issue(HOST, key_use=key_usage(content_commitment=True))],
        "wrong-purpose",
        0,
    ),
    "for key agreement": ([ROOT.issue(HOST, key_use=key_usage(key_agreement=True))], "trusted", 0),
    "from an authority of clients": ([FOR_CLIENTS.issue(HOST), FOR_CLIENTS.certificate], "wrong-purpose", 0),
    "from no authority": ([NO_AUTHORITY.issue(HOST), NO_AUTHORITY.certificate], "wrong-purpose", 79),
    "from one that may not sign": ([MAY_NOT_SIGN.issue(HOST), MAY_NOT_SIGN.certificate], "wrong-purpose", 20),
    "from too far down": (
        [BELOW_LAST.issue(HOST), BELOW_LAST.certificate, LAST.certificate],
        "wrong-purpose",
        25,
    ),
    "expired intermediate": ([OLD.issue(HOST), OLD.certificate], "expired", 10),
    "wrong signature": (
        [Authority(ROOT.name, STRANGER.key).issue(HOST)],
        "invalid",
        7,
    ),
}


@pytest.mark.parametrize("kind", ["extension twice", "unusual name"])
def test_a_certificate_with_extensions_that_cannot_be_read_is_never_trusted(kind: str, tmp_path: Path) -> None:
    chain, authority = unreadable(kind, HOST)
    path = tmp_path / "ca.pem"
    path.write_bytes(pem(authority.certificate))
    found = judge([chain], TlsPolicy(HOST, str(path)))
    assert found is not None
    assert found.verdict == "invalid"
    assert found.verify_message


def test_no_verdict_is_given_on_a_version_that_there_is_none_of() -> None:
    assert judge([unreadable("unknown version", HOST)[0]], TlsPolicy(HOST)) is None


@pytest.mark.parametrize(("chain", "verdict", "code"), CHAINS.values(), ids=CHAINS.keys())
def test_a_chain_gets_its_verdict(chain: list[x509.Certificate], verdict: str, code: int, ca_file: str) -> None:
    found = judged(chain, ca_file)
    assert (found.verdict, found.verify_code) == (verdict, code)
    assert bool(found.verify_message) is bool(code)
    assert found.fact == f"tls:{verdict}"


@pytest.mark.parametrize("authority", [FOR_CLIENTS, NO_AUTHORITY, MAY_NOT_SIGN, OLD, WEAK_INTERMEDIATE])
def test_the_certificate_of_the_chain_that_is_at_fault_is_named(authority: Authority, ca_file: str) -> None:
    found = judged([authority.issue(HOST), authority.certificate], ca_file)
    assert found.faulty == f"CN={authority.name}"


def test_the_peers_own_certificate_is_not_named_twice(ca_file: str) -> None:
    assert judged([ROOT.issue(HOST, usages=CLIENT_ONLY)], ca_file).faulty is None
    assert judged([ROOT.issue(HOST, begins=-2 * DAY, ends=-DAY)], ca_file).faulty is None


def test_a_weak_root_is_weak(tmp_path: Path) -> None:
    root = Authority("Small Root", rsa_key(1024))
    (tmp_path / "small.pem").write_bytes(pem(root.certificate))
    found = judged([root.issue(HOST)], str(tmp_path / "small.pem"))
    assert (found.verdict, found.faulty) == ("weak", "CN=Small Root")


def test_an_intermediate_of_the_given_authoritys_owner_is_missed(tmp_path: Path) -> None:
    root = Authority("Root", organisation="Example Ltd")
    intermediate = Authority("Issuing", issuer=root, organisation="Example Ltd")
    (tmp_path / "own.pem").write_bytes(pem(root.certificate))
    assert judged([intermediate.issue(HOST)], str(tmp_path / "own.pem")).verdict == "incomplete-chain"
    assert judged([STRANGER.issue(HOST)], str(tmp_path / "own.pem")).verdict == "unknown-issuer"


def test_the_systems_store_can_add_trust_and_never_takes_it_away(ca_file: str) -> None:
    for chain, system, verdict, vouched_by in (
        ([STRANGER.issue(HOST)], True, "trusted", "system"),
        ([STRANGER.issue("other.test")], True, "hostname-mismatch", "system"),
        ([STRANGER.issue(HOST, key=rsa_key(1024))], True, "weak", "system"),
        ([STRANGER.issue(HOST)], False, "unknown-issuer", None),
        ([ROOT.issue(HOST)], False, "trusted", None),
        ([ROOT.issue(HOST, begins=-2 * DAY, ends=-DAY)], True, "expired", None),
    ):
        found = judge(der(*chain), TlsPolicy(HOST, ca_file), system=system)
        assert found is not None
        assert (found.verdict, found.vouched_by) == (verdict, vouched_by)


def test_a_signature_over_sha1_is_weak(tmp_path: Path) -> None:
    certificate, authority = signed_with_sha1(HOST)
    (tmp_path / "old.pem").write_bytes(pem(authority))
    found = judged([certificate], str(tmp_path / "old.pem"))
    assert (found.verdict, found.signature) == ("weak", "sha1")


def test_nothing_of_ours_is_trusted_without_the_ca_file() -> None:
    found = judge(der(ROOT.issue(HOST)), TlsPolicy(HOST))
    assert found is not None
    assert found.verdict == "unknown-issuer"


def test_a_certificate_that_is_its_own_authority_is_trusted_when_given(tmp_path: Path) -> None:
    own = self_signed(HOST)
    (tmp_path / "own.pem").write_bytes(pem(own))
    assert judged([own], str(tmp_path / "own.pem")).verdict == "trusted"


@pytest.mark.parametrize(
    ("host", "names", "verdict"),
    [
        ("127.0.0.1", ["127.0.0.1"], "trusted"),
        ("::1", ["::1"], "trusted"),
        ("[::1]", ["::1"], "trusted"),
        ("2001:db8:0:0:0:0:0:7", ["2001:db8::7"], "trusted"),
        ("127.0.0.2", ["127.0.0.1"], "hostname-mismatch"),
        ("127.0.0.1", ["localhost"], "hostname-mismatch"),
        (HOST + ".", [HOST], "trusted"),
        ("MAIL.example.TEST", [HOST], "trusted"),
        ("bücher.example", ["xn--bcher-kva.example"], "trusted"),
        ("a" * 70 + ".example", [HOST], "hostname-mismatch"),
        ("localhost", ["localhost"], "trusted"),
    ],
)
def test_the_name_must_be_in_the_certificate(host: str, names: list[str], verdict: str, ca_file: str) -> None:
    assert judged([ROOT.issue(*names)], ca_file, host).verdict == verdict


def test_the_facts_are_there_whatever_the_verdict(ca_file: str) -> None:
    certificate = STRANGER.issue(HOST, "127.0.0.1", key=rsa_key(2048))
    found = judged([certificate, STRANGER.certificate], ca_file)
    raw = certificate.public_bytes(Encoding.DER)
    assert found.subject == f"CN={HOST}"
    assert found.issuer == "CN=Strange Root"
    assert found.names == (HOST, "127.0.0.1")
    assert found.key == "RSA 2048"
    assert found.signature == "sha256"
    assert found.sha256 == hashlib.sha256(raw).hexdigest()
    assert found.chain == (f"CN={HOST}", "CN=Strange Root")
    assert found.not_after == certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert msgspec.json.decode(msgspec.json.encode(found), type=Certificate) == found


def test_an_elliptic_key_is_named_with_its_size(ca_file: str) -> None:
    assert judged([ROOT.issue(HOST)], ca_file).key == "EC 256"
    assert judged([ROOT.issue(HOST, key=ec.generate_private_key(ec.SECP384R1()))], ca_file).key == "EC 384"


def test_a_pin_replaces_the_authority_and_the_name(ca_file: str) -> None:
    certificate = self_signed("other.test")
    spki = key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    of_key = hashlib.sha256(spki).hexdigest()
    of_certificate = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()
    colons = ":".join(of_certificate[n : n + 2] for n in range(0, 64, 2)).upper()
    for pin in (of_key, of_certificate, colons):
        assert judged([certificate], ca_file, pin=pin).verdict == "pinned"


@pytest.mark.parametrize("pin", ["00" * 32, "", "ü", "sha256//abc"])
def test_another_pin_is_never_trusted(pin: str, ca_file: str) -> None:
    assert judged([ROOT.issue(HOST)], ca_file, pin=pin).verdict == "pin-mismatch"


def test_a_product_that_replaces_certificates_is_named(ca_file: str) -> None:
    assert judged([AVAST.issue(HOST)], ca_file).interceptor == "Avast"
    assert judged([STRANGER.issue(HOST)], ca_file).interceptor is None


def test_a_trusted_certificate_names_no_interceptor(tmp_path: Path) -> None:
    (tmp_path / "avast.pem").write_bytes(pem(AVAST.certificate))
    assert judged([AVAST.issue(HOST)], str(tmp_path / "avast.pem")).interceptor is None


def test_hostile_names_come_out_printable_and_bounded(ca_file: str) -> None:
    authority = Authority("\x1b[2J[/b]\u202eRoot")
    found = judged([authority.issue(*(f"n{n}.example.test" for n in range(NAMES_LIMIT + 50)))], ca_file)
    assert found.issuer.isprintable()
    assert len(found.names) == NAMES_LIMIT


@pytest.mark.parametrize("chain", [[], [b""], [b"garbage"], [b"\x30\x03\x02\x01\x01"]])
def test_what_is_no_certificate_gets_no_verdict(chain: list[bytes]) -> None:
    assert judge(chain, TlsPolicy(HOST)) is None


def test_an_unknown_kind_of_signature_is_no_crash(ca_file: str) -> None:
    ecdsa_with_sha256 = bytes.fromhex("06082a8648ce3d040302")
    unknown = bytes.fromhex("06082a8648ce3d04037f")
    (raw,) = der(ROOT.issue(HOST))
    found = judge([raw.replace(ecdsa_with_sha256, unknown)], TlsPolicy(HOST, ca_file))
    assert found is None or found.verdict not in {"trusted", "pinned"}


def test_an_unknown_kind_of_key_is_no_crash(ca_file: str) -> None:
    curve = bytes.fromhex("06082a8648ce3d030107")
    unknown = bytes.fromhex("06082a8648ce3d03017f")
    (raw,) = der(ROOT.issue(HOST))
    found = judge([raw.replace(curve, unknown)], TlsPolicy(HOST, ca_file))
    assert found is None or found.verdict not in {"trusted", "pinned"}


def test_a_system_file_without_authorities_is_no_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    junk, given = tmp_path / "junk.pem", tmp_path / "given.pem"
    junk.write_text("no certificate\n")
    given.write_bytes(pem(ROOT.certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(junk))
    assert judged([ROOT.issue(HOST)], str(given)).verdict == "trusted"


def test_a_ca_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(pem(STRANGER.certificate))
    assert judged([ROOT.issue(HOST)], str(path)).verdict == "unknown-issuer"
    path.write_bytes(pem(STRANGER.certificate, ROOT.certificate))
    assert judged([ROOT.issue(HOST)], str(path)).verdict == "trusted"


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="file names are text there")
def test_the_name_of_a_ca_file_may_be_any_bytes(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"ca\xff.pem")
    path.write_bytes(pem(ROOT.certificate))
    assert judged([ROOT.issue(HOST)], str(path)).verdict == "trusted"


@pytest.mark.parametrize("host", ["mail..test", "x" * 64 + ".test", "a\x00b.test", ".mail.test"])
def test_no_certificate_is_for_what_is_no_host_name(host: str, ca_file: str) -> None:
    assert judged([ROOT.issue(HOST)], ca_file, host).verdict == "hostname-mismatch"
