from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smtpwizard.knowledge.index import build_sign_index
from smtpwizard.knowledge.phrase import compile_phrase, literal_length, normalise
from smtpwizard.model.provider import Provider
from smtpwizard.troubleshoot.observation import recognise_provider

FOLDER = Path(__file__).parents[2] / "smtpwizard" / "knowledge" / "providers"
FACTS = Path(__file__).parents[3] / "shared" / "knowledge" / "providers.yaml"
FILES = sorted(FOLDER.glob("*.toml"))
PROVIDERS = {path.stem: msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Provider) for path in FILES}

MOST_USED = 40
WITH_CARE = 30
TEST_CATCHERS = {"ethereal", "mailtrap-sandbox"}
HOST = re.compile(
    r"(?=.{1,253}$)(\{(domain|tenant)\}|[a-z0-9-]{1,63})(\.(\{(domain|region)\}|[a-z0-9-]{1,63}))+", re.ASCII
)
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.ASCII)
SENTENCE_END = re.compile(r"(?<=[.?:;])\s")

NEVER_ADVISED = (
    r"less secure",
    r"display ?unlock ?captcha",
    r"(disable|turn off|switch off|deactivate) (mfa|2fa|multi-factor|two-factor|2-step|two-step)",
    r"(disable|turn off|switch off) (the )?(security defaults|conditional access|certificate|tls|ssl|verification)",
    r"security defaults off",
    r"smtp_validate_certs",
    r"verify\s*=\s*false",
    r"vpn",
    r"smtpclientauthenticationdisabled \$",
    r"rejectdirectsend \$",
    r"telnet",
    r"-k\b|--insecure",
    r"sorbs",
)
"""Advice that field experience has shown to be wrong, harmful or out of date."""


def texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a decoded file that a person reads, with its key."""
    match value:
        case str() if key in READ_BY_PEOPLE:
            yield key, value
        case dict():
            for name, item in value.items():
                yield from texts(item, name)
        case list():
            for item in value:
                yield from texts(item, key)


READ_BY_PEOPLE = {
    "done",
    "from_rule",
    "instead",
    "is",
    "missing",
    "note",
    "prerequisites",
    "quirks",
    "status_note",
    "summary",
    "text",
    "value",
    "what",
}


def raw(provider_id: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{provider_id}.toml").read_text(encoding="utf-8"))


def most_used(count: int) -> list[str]:
    return sorted(PROVIDERS, key=lambda name: (PROVIDERS[name].rank, name))[:count]


every_provider = pytest.mark.parametrize("name", sorted(PROVIDERS))


def test_every_collected_provider_has_a_file() -> None:
    if not FACTS.exists():
        pytest.skip("the collected facts are not beside this repository")
    ids = re.findall(r"^- id: (\S+)$", FACTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(PROVIDERS) == set(ids)


def test_names_are_told_apart() -> None:
    repeated = [name for name, count in Counter(p.name for p in PROVIDERS.values()).items() if count > 1]
    assert repeated == []


def test_ranks_of_the_most_used_are_one_to_forty() -> None:
    ranks = sorted(provider.rank for provider in PROVIDERS.values() if provider.rank < 1000)
    assert ranks == list(range(1, MOST_USED + 1))


def test_another_server_stands_near_the_top_of_the_list() -> None:
    assert PROVIDERS["gmail"].rank == 1
    assert PROVIDERS["custom"].rank <= 3


@every_provider
def test_the_list_can_show_it_in_one_line(name: str) -> None:
    provider = PROVIDERS[name]
    assert 0 < len(provider.summary) <= 70
    assert 0 < len(provider.name) <= 50
    assert not provider.summary.endswith(".")


@every_provider
def test_the_status_is_explained_and_fits_the_endpoints(name: str) -> None:
    provider = PROVIDERS[name]
    if provider.status in {"works", "needs-preparation"}:
        assert provider.endpoint or name == "custom"
    if provider.status == "no-smtp":
        assert not provider.endpoint
        assert provider.secret.kind == "none"
    if provider.status in {"no-smtp", "password-ended"}:
        assert provider.instead
        assert provider.status_note


@every_provider
def test_endpoints_can_be_dialled(name: str) -> None:
    for endpoint in PROVIDERS[name].endpoint:
        assert HOST.fullmatch(endpoint.host), endpoint.host
        assert 1 <= endpoint.port <= 65535
        if endpoint.port == 587 and name != "tencent-ses":
            assert endpoint.security == "starttls"


@every_provider
def test_exactly_one_endpoint_is_preferred(name: str) -> None:
    endpoints = PROVIDERS[name].endpoint
    assert sum(endpoint.preferred for endpoint in endpoints) == (1 if endpoints else 0)
    assert len({(e.host, e.port, e.security) for e in endpoints}) == len(endpoints)


@every_provider
def test_mail_leaves_the_machine_only_under_tls(name: str) -> None:
    provider = PROVIDERS[name]
    if provider.kind != "local" and provider.preferred is not None:
        assert provider.preferred.security != "none"
    if provider.kind == "local":
        assert {endpoint.host for endpoint in provider.endpoint} <= {"127.0.0.1"}


@every_provider
def test_domains_are_bare_names(name: str) -> None:
    provider = PROVIDERS[name]
    for domain in (*provider.domains, *provider.mx_suffixes, *provider.hosts):
        assert DOMAIN.fullmatch(domain), domain


def test_a_mail_domain_belongs_to_one_provider() -> None:
    owners = Counter(domain for provider in PROVIDERS.values() for domain in provider.domains)
    assert [domain for domain, count in owners.items() if count > 1] == []


@every_provider
def test_literal_user_names_are_given(name: str) -> None:
    username = PROVIDERS[name].username
    assert (username.form == "literal") == (username.literal is not None)


@every_provider
def test_mechanisms_are_known_names(name: str) -> None:
    assert set(PROVIDERS[name].mechanisms) <= {"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "OAUTHBEARER"}


@every_provider
def test_secret_patterns_compile(name: str) -> None:
    secret = PROVIDERS[name].secret
    for pattern in (secret.pattern, *(lookalike.pattern for lookalike in secret.lookalike)):
        if pattern is not None:
            re.compile(pattern)
            assert not pattern.startswith("^")
            assert not pattern.endswith("$")


@pytest.mark.parametrize("name", [name for name in sorted(PROVIDERS) if PROVIDERS[name].secret.pattern])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_right_secret_is_never_taken_for_another(name: str, data: st.DataObject) -> None:
    secret = PROVIDERS[name].secret
    assert secret.pattern is not None
    value = data.draw(st.from_regex(re.compile(secret.pattern, re.ASCII), fullmatch=True))
    assert [look.is_ for look in secret.lookalike if re.fullmatch(look.pattern, value)] == []


@pytest.mark.parametrize(
    ("name", "secret", "kind"),
    [
        ("gmail", "correct-Horse-battery7", "the password of the Google account"),
        ("gmail", "12345678", "a verification code or a backup code"),
        ("icloud", "Correct7horse", "the password of the Apple Account"),
        ("amazon-ses", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "the secret access key of IAM"),
        ("brevo", "xkeysib-0123456789abcdef", "an API key"),
        ("mailersend", "mlsn.0123456789abcdef", "an API token"),
        ("azure-acs", "0a1b2c3d-0000-4000-8000-1234567890ab", "the id of the client secret"),
        ("mailtrap", "0123456789abcd", "the password of a sandbox"),
    ],
)
def test_a_secret_of_another_kind_is_named(name: str, secret: str, kind: str) -> None:
    rule = PROVIDERS[name].secret
    assert rule.pattern is None or not re.fullmatch(rule.pattern, secret)
    named = next(look.is_ for look in rule.lookalike if re.fullmatch(look.pattern, secret))
    assert named.startswith(kind)


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("gmail", "abcdefghijklmnop"),
        ("icloud", "abcd-efgh-ijkl-mnop"),
        ("sendgrid", "SG." + "a" * 22 + "." + "B-_9" * 10 + "abc"),
        ("amazon-ses", "BO" + "a+/9" * 10 + "zz"),
        ("brevo", "xsmtpsib-" + "0123456789abcdef" * 4 + "-AbCdEfGh12345678"),
        ("resend", "re_AbCdEfGh_0123456789abcdefgh"),
        ("mandrill", "md-AbCdEfGh-_12345678901x"),
    ],
)
def test_secrets_of_the_documented_form_are_recognised(name: str, secret: str) -> None:
    pattern = PROVIDERS[name].secret.pattern
    assert pattern is not None
    assert re.fullmatch(pattern, secret)


@pytest.mark.parametrize("name", most_used(WITH_CARE))
def test_guides_of_the_most_used_lead_through_with_links(name: str) -> None:
    guide = PROVIDERS[name].guide
    assert len(guide) >= 2
    assert sum(step.link is not None for step in guide) >= 2
    assert sum(step.done is not None for step in guide) >= 2
    assert any(step.missing is not None for step in guide)


@every_provider
def test_every_provider_has_a_guide(name: str) -> None:
    provider = PROVIDERS[name]
    assert provider.guide
    assert any(step.link for step in provider.guide)
    assert provider.username.note


@every_provider
def test_links_are_https(name: str) -> None:
    provider = PROVIDERS[name]
    links = [step.link for step in provider.guide] + [source.url for source in provider.source]
    links += [provider.docs, provider.status_page]
    if provider.oauth:
        links += [provider.oauth.authorize, provider.oauth.token, provider.oauth.device]
    if provider.api:
        links.append(provider.api.url)
    for link in links:
        if link is not None:
            assert " " not in link
            parts = urlsplit(link)
            assert parts.scheme == "https", link
            assert parts.hostname, link


@every_provider
def test_sources_and_dates_are_given(name: str) -> None:
    provider = PROVIDERS[name]
    assert provider.source
    assert all(source.checked.year >= 2026 for source in provider.source)
    assert len({(source.url, source.grade) for source in provider.source}) == len(provider.source)


def test_microsofts_calendar_is_a_dated_warning() -> None:
    dates = [notice.date.isoformat() for notice in PROVIDERS["microsoft365"].notice]
    assert dates == ["2026-12-31", "2027-01-01", "2027-07-01"]
    assert PROVIDERS["microsoft365"].status == "needs-preparation"
    assert PROVIDERS["outlook"].status == "password-ended"
    assert PROVIDERS["outlook"].notice[0].date.isoformat() == "2024-09-16"


@every_provider
def test_advice_known_to_be_wrong_is_not_given(name: str) -> None:
    read = normalise(" \n ".join(text for _, text in texts(raw(name))))
    assert [pattern for pattern in NEVER_ADVISED if re.search(pattern, read)] == []


@every_provider
def test_sentences_are_short_and_calm(name: str) -> None:
    faults = []
    for key, text in texts(raw(name)):
        if "!" in text or "  " in text or "\n" in text or text != text.strip():
            faults.append(f"{key}: {text!r}")
        faults += [f"{key}: {part!r}" for part in SENTENCE_END.split(text) if len(part) > 200]
        if key in {"text", "missing", "done", "note", "status_note", "instead", "quirks"}:
            complete = text[0].isupper() or text[0].isdigit() or text[0] in "“({" or key == "note"
            if not complete:
                faults.append(f"{key}: begins small: {text!r}")
    assert faults == []


@every_provider
def test_phrases_are_lower_case_and_worth_something(name: str) -> None:
    for phrase in PROVIDERS[name].words:
        assert phrase == normalise(phrase), phrase
        assert literal_length(phrase) >= 5, phrase
        compile_phrase(phrase)


def test_a_phrase_names_one_provider() -> None:
    owners = Counter(phrase for provider in PROVIDERS.values() for phrase in {*provider.words, *provider.hosts})
    assert [phrase for phrase, count in owners.items() if count > 1] == []


def test_a_phrase_is_no_mail_domain() -> None:
    # An address in a pasted text is often the recipient's, which says nothing of the sender's provider.
    domains = {domain for provider in PROVIDERS.values() for domain in provider.domains}
    shared = {
        (name, phrase)
        for name, provider in PROVIDERS.items()
        for phrase in {*provider.words, *provider.hosts}
        if phrase in domains
    }
    assert shared == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "535-5.7.8 Username and Password not accepted. https://support.google.com/mail/?p=BadCredentials x - gsmtp",
            "gmail",
        ),
        ("550 5.4.5 Daily user sending limit exceeded.", "gmail"),
        ("connect to aspmx.l.google.com[142.250.1.27]:25: Connection timed out", "google-workspace"),
        ("421 4.7.0 Try again later (smtp-relay.gmail.com)", "google-workspace-relay"),
        (
            "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant. [AM0PR02CA1.eurprd02.prod.outlook.com]",
            "microsoft365",
        ),
        ("AADSTS7000215: Invalid client secret provided.", "microsoft365"),
        ("550 5.7.64 TenantAttribution; Relay Access Denied", "microsoft365-connector"),
        ("getaddrinfo ENOTFOUND smtp-mail.outlook.com", "outlook"),
        (
            "554 Email address is not verified. The following identities failed the check in region X",
            "amazon-ses",
        ),
        ("connect ETIMEDOUT email-smtp.eu-west-1.amazonaws.com:587", "amazon-ses"),
        ("550 The from address does not match a verified Sender Identity.", "sendgrid"),
        ("535 5.7.0 (#AUTH005) Too many bad auth attempts.", "yahoo"),
        ("550 5.7.0 Requested action not taken: too many emails per second", "mailtrap-sandbox"),
        ("connect ECONNREFUSED live.smtp.mailtrap.io", "mailtrap"),
        ("502 5.7.0 Your SMTP account is not yet activated. Please contact us at contact@sendinblue.com", "brevo"),
        ("535 5.7.8 Error: authentication failed: This user does not have access rights to this service", "yandex"),
        ("220 newxmesmtplogicsvrszc5-0.qq.com XMail Esmtp QQ Mail Server.", "qq"),
        ("220 localhost Mailpit ESMTP Service ready", "mailpit"),
        ("connect ECONNREFUSED 127.0.0.1:1025", None),
        ("550 5.1.1 <someone@gmail.com>: Recipient address rejected: User unknown", None),
        ("535 Authentication credentials invalid", None),
    ],
)
def test_a_text_names_its_provider(text: str, name: str | None) -> None:
    index = build_sign_index({}, PROVIDERS, {})
    normalised = normalise(text)
    assert recognise_provider(index, normalised) == name


@pytest.mark.parametrize("name", sorted(TEST_CATCHERS))
def test_what_delivers_nothing_says_so(name: str) -> None:
    assert "none" in PROVIDERS[name].summary
