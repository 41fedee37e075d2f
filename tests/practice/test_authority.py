from __future__ import annotations

import datetime
import ssl
import stat
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from smtpwizard.model.errors import CannotRunError
from smtpwizard.practice.authority import CA_FILE, CA_KEY_FILE, Authority
from smtpwizard.practice.scenario import CertificateKind, Tls

NAME = "mail.practice.test"


def _handshake(
    authority: Authority, tls: Tls, name: str = NAME, *, served_as: str = NAME, ca_file: Path | None = None
) -> ssl.SSLObject:
    """Hold a handshake in memory, verifying as clients do.

    Raises:
        ssl.SSLError: it fails.
    """
    context = ssl.create_default_context(cafile=ca_file or authority.ca_file)
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname=name)
    server = authority.context(tls, served_as).wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    client.getpeercert()
    return client


@pytest.mark.parametrize("name", [NAME, "localhost", "127.0.0.1", "::1"])
@pytest.mark.parametrize("kind", [CertificateKind.VALID, CertificateKind.FULL_CHAIN, CertificateKind.EXPIRES_SOON])
def test_good_certificates_verify_for_the_served_name_and_loopback(
    kind: CertificateKind, name: str, authority: Authority
) -> None:
    assert _handshake(authority, Tls(kind), name).version() == "TLSv1.3"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (CertificateKind.EXPIRED, "certificate has expired"),
        (CertificateKind.NOT_YET_VALID, "certificate is not yet valid"),
        (CertificateKind.SELF_SIGNED, "self-signed certificate"),
        (CertificateKind.UNTRUSTED, "self-signed certificate in certificate chain"),
        (CertificateKind.INTERCEPTED, "self-signed certificate in certificate chain"),
        (CertificateKind.INCOMPLETE_CHAIN, "unable to get local issuer certificate"),
        (CertificateKind.OTHER_NAME, "Hostname mismatch"),
        (CertificateKind.WEAK_KEY, "key too weak"),
        (CertificateKind.WRONG_PURPOSE, "purpose"),
    ],
)
def test_each_bad_certificate_fails_for_its_own_reason(kind: CertificateKind, words: str, authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        _handshake(authority, Tls(kind))


def test_an_interceptor_is_named_as_issuer(authority: Authority) -> None:
    _, chain = authority.certificate(Tls(CertificateKind.INTERCEPTED, issuer="Zscaler Root CA"), (NAME,))

    assert "Zscaler Root CA" in chain[0].issuer.rfc4514_string()


def test_a_full_chain_sends_the_intermediate_and_a_cut_one_says_where_it_is(authority: Authority) -> None:
    _, full = authority.certificate(Tls(CertificateKind.FULL_CHAIN), (NAME,))
    _, cut = authority.certificate(Tls(CertificateKind.INCOMPLETE_CHAIN), (NAME,))

    assert len(full) == 2
    assert full[0].issuer == full[1].subject
    assert len(cut) == 1
    (access,) = cut[0].extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert access.access_method == AuthorityInformationAccessOID.CA_ISSUERS


def test_no_certificate_of_the_authority_counts_for_a_real_name(authority: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        _handshake(authority, Tls(), "smtp.gmail.com", served_as="smtp.gmail.com")


def test_a_context_is_made_once(authority: Authority) -> None:
    assert authority.context(Tls(), NAME) is authority.context(Tls(), NAME)


def test_an_authority_in_a_folder_is_found_again(tmp_path: Path) -> None:
    with Authority(tmp_path / "made" / "here") as first:
        before = first.ca_file.read_bytes()
    with Authority(tmp_path / "made" / "here") as second:
        assert second.ca_file.read_bytes() == before
        assert _handshake(second, Tls(), ca_file=first.ca_file).version() == "TLSv1.3"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_authoritys_key_is_for_its_owner_only(tmp_path: Path) -> None:
    with Authority(tmp_path):
        assert stat.S_IMODE((tmp_path / CA_KEY_FILE).stat().st_mode) == 0o600


def test_a_temporary_authority_leaves_nothing_behind() -> None:
    with Authority() as made:
        folder = made.ca_file.parent
        made.context(Tls(), NAME)
        assert sorted(path.name for path in folder.iterdir()) == sorted([CA_FILE, CA_KEY_FILE])
    assert not folder.exists()


def test_a_folder_with_somebody_elses_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / CA_KEY_FILE).write_text("no key")
    (tmp_path / CA_FILE).write_text("no certificate")

    with pytest.raises(CannotRunError, match="cannot be used"):
        Authority(tmp_path)


def test_the_authority_is_valid_for_longer_than_what_it_issues(authority: Authority) -> None:
    own = x509.load_pem_x509_certificate(authority.ca_file.read_bytes())
    _, (issued, *_) = authority.certificate(Tls(), (NAME,))

    assert own.not_valid_after_utc - issued.not_valid_after_utc > datetime.timedelta(days=300)


def test_a_server_of_old_versions_talks_to_no_modern_client(authority: Authority) -> None:
    with pytest.raises(ssl.SSLError) as caught:
        _handshake(authority, Tls(newest="1.1"))

    assert "PROTOCOL" in str(caught.value).upper()
