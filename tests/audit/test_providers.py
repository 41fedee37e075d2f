from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.audit.small import clean, faults
from tests.knowledge.small import CHECKED, SOURCE, provider

FILE = "providers/new.toml"
ENDPOINT = {"host": "smtp.example.net", "port": 587, "security": "starttls", "preferred": True}
OTHER = {"host": "smtp.example.net", "port": 465, "security": "tls"}
STEP = {"text": "Open the page.", "done": "It is open."}
WITHOUT = {"endpoint": [], "status": "no-smtp", "instead": "Use another.", "status_note": "It has none."}
LATER = datetime.date(2999, 1, 1)

Said = tuple[str, str, str]
"""Entry, key and problem."""


def said(folder: Path, rule: str, changes: dict[str, Any]) -> list[Said]:
    """What the audit says of a provider with these changes; every fault has to be of this rule and file."""
    entries = clean()
    entries["providers"]["new"] = provider(**{"name": "New Mail", **changes})
    found = faults(folder, entries)
    assert {one[:2] for one in found} <= {(rule, FILE)}
    return [one[2:] for one in found]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"name": " "}, [("", "name", "is still to be written")]),
        ({"name": "TODO"}, [("", "name", "is still to be written")]),
        ({"guide": [STEP | {"missing": "TODO"}]}, [("", "guide", "is still to be written")]),
        ({"summary": ""}, [("", "summary", "is empty")]),
        ({"summary": "x" * 71}, [("", "summary", "is longer than 70 characters")]),
        ({"source": []}, [("", "source", "is empty")]),
        ({"endpoint": []}, [("", "endpoint", "is empty")]),
        (
            {"endpoint": [], "status": "password-ended"},
            [
                ("", "endpoint", "is empty"),
                ("", "instead", "says nothing of what to do instead"),
                ("", "status_note", "does not say why"),
            ],
        ),
        (WITHOUT, []),
        (WITHOUT | {"instead": ""}, [("", "instead", "says nothing of what to do instead")]),
        (WITHOUT | {"status_note": None}, [("", "status_note", "does not say why")]),
        (WITHOUT | {"endpoint": [ENDPOINT]}, [("", "endpoint", "is there although there is no SMTP")]),
        (
            {"status": "needs-preparation", "guide": [STEP | {"missing": "Ask."}]},
            [("", "status_note", "neither this nor prerequisites says what is needed")],
        ),
        ({"guide": []}, [("", "guide", "is empty")]),
        ({"guide": [{"text": "Do it."}]}, [("guide", "done", "no step says how one sees that it is done")]),
        ({"guide": [STEP, STEP | {"text": " "}]}, [("guide[2]", "text", "is empty")]),
        (
            {"status": "needs-preparation", "status_note": "Switch it on.", "guide": [STEP]},
            [("guide", "missing", "no step says what to do when it is not there")],
        ),
    ],
)
def test_what_a_provider_must_say(tmp_path: Path, changes: dict[str, Any], expected: list[Said]) -> None:
    given = {key: value for key, value in changes.items() if value is not None}
    assert said(tmp_path, "complete", given) == expected


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        ([ENDPOINT, OTHER], []),
        ([OTHER], [("endpoint", "preferred", "exactly one must be preferred")]),
        ([ENDPOINT, OTHER | {"preferred": True}], [("endpoint", "preferred", "exactly one must be preferred")]),
        ([ENDPOINT | {"port": 0}], [("endpoint[0]", "port", "is no port")]),
        ([ENDPOINT | {"port": 70000}], [("endpoint[0]", "port", "is no port")]),
        ([ENDPOINT | {"host": "smtp_example"}], [("endpoint[0]", "host", "'smtp_example' is no host name")]),
        ([ENDPOINT | {"host": "Smtp.Example.net"}], [("endpoint[0]", "host", "'Smtp.Example.net' is no host name")]),
        ([ENDPOINT | {"host": "https://a.example"}], [("endpoint[0]", "host", "'https://a.example' is no host name")]),
        ([ENDPOINT | {"host": "mail.{domain}"}], []),
        ([ENDPOINT | {"host": "127.0.0.1", "port": 1025, "security": "none"}], []),
        (
            [ENDPOINT | {"port": 2525, "security": "none"}],
            [("endpoint[0]", "security", "what is preferred must be encrypted")],
        ),
        (
            [ENDPOINT | {"port": 465}],
            [("endpoint[0]", "security", "port 465 stands for tls: prefer another one")],
        ),
        ([ENDPOINT, OTHER | {"security": "starttls", "grade": "recalled"}], []),
        ([ENDPOINT, OTHER, OTHER], [("endpoint[2]", "host", "is there twice")]),
    ],
)
def test_what_an_endpoint_must_be(tmp_path: Path, endpoints: list[dict[str, Any]], expected: list[Said]) -> None:
    assert said(tmp_path, "complete", {"endpoint": endpoints}) == expected


def test_the_endpoint_to_begin_with_comes_first(tmp_path: Path) -> None:
    assert said(tmp_path, "order", {"endpoint": [OTHER, ENDPOINT]}) == [
        ("endpoint", "preferred", "the preferred one must come first")
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mechanisms": ["PLAIN", "SCRAM-SHA-256"]}, []),
        ({"mechanisms": ["PLAIN", "Login"]}, [("", "mechanisms", "Login is no known mechanism")]),
        ({"oauth": {"mechanism": "OAUTH2"}}, [("oauth", "mechanism", "OAUTH2 is no known mechanism")]),
        ({"secret": {"kind": "app-pasword"}}, [("secret", "kind", "app-pasword is no known kind")]),
        (
            {"secret": {"kind": "none", "pattern": "[a-z]{16}"}},
            [("secret", "kind", "has a shape although there is none")],
        ),
        (
            {"secret": {"kind": "token", "pattern": "[a-z]{16}", "usual": "[a-z]{8}"}},
            [("secret", "usual", "there is a certain shape already")],
        ),
        (
            {"secret": {"kind": "token", "usual": "[a-z]{16}$"}},
            [("secret", "usual", "always stands for the whole: no anchors")],
        ),
        (
            {"username": {"form": "smtp-login", "pattern": "^AKIA"}},
            [("username", "pattern", "always stands for the whole: no anchors")],
        ),
        (
            {"username": {"form": "literal"}},
            [("username", "literal", "is given with the form `literal`, and only then")],
        ),
        (
            {"username": {"form": "email", "literal": "apikey"}},
            [("username", "literal", "is given with the form `literal`, and only then")],
        ),
    ],
)
def test_what_a_log_in_must_be(tmp_path: Path, changes: dict[str, Any], expected: list[Said]) -> None:
    assert said(tmp_path, "complete", changes) == expected


@pytest.mark.parametrize(
    "secret",
    [
        {"kind": "api-key", "pattern": "[a-z"},
        {"kind": "api-key", "usual": "(["},
        {"kind": "api-key", "pattern": "[a-z]+", "lookalike": [{"pattern": "(", "is": "an account password"}]},
    ],
)
def test_a_shape_that_is_no_regular_expression(tmp_path: Path, secret: dict[str, Any]) -> None:
    (only,) = said(tmp_path, "complete", {"secret": secret})
    assert only[0] == "secret"
    assert only[2].startswith("is no regular expression: ")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"checked": LATER}, [("", "checked", "is in the future")]),
        ({"source": [SOURCE | {"checked": LATER}]}, [("source[0]", "checked", "is in the future")]),
        ({"checked": datetime.date(2026, 1, 1)}, [("", "checked", "is before that of source[0]")]),
        (
            {"source": [SOURCE | {"of": "guide, endpoint, lmit"}]},
            [("source[0]", "of", "lmit is no key of a provider")],
        ),
        (
            {"source": [SOURCE | {"of": "guide"}], "limit": [{"what": "messages a day", "value": "5"}]},
            [("", "endpoint", "no source bears it out"), ("", "limit", "no source bears it out")],
        ),
        ({"source": [SOURCE | {"of": "guide"}, SOURCE | {"of": "endpoint", "grade": "recalled"}]}, []),
    ],
)
def test_where_and_when_facts_were_read(tmp_path: Path, changes: dict[str, Any], expected: list[Said]) -> None:
    assert said(tmp_path, "dated", {"checked": CHECKED, **changes}) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"guide": [STEP | {"link": "http://example.com/"}]}, ("guide[1]", "link")),
        ({"guide": [STEP | {"link": "https://example.com/a page"}]}, ("guide[1]", "link")),
        ({"guide": [STEP | {"link": "https://localhost/"}]}, ("guide[1]", "link")),
        ({"source": [SOURCE | {"url": "a public page"}]}, ("source[0]", "url")),
        ({"docs": "example.com/help"}, ("", "docs")),
        ({"status_page": "https:///status"}, ("", "status_page")),
        ({"oauth": {"token": "http://login.example.com"}}, ("oauth", "token")),
        ({"api": {"url": "ftp://api.example.com"}}, ("api", "url")),
        ({"api": {"url": "https://api.{region}.example.com", "env": ["api-key"]}}, ("api", "env")),
        ({"domains": ["Example.com"]}, ("", "domains")),
        ({"mx_suffixes": [".example.com"]}, ("", "mx_suffixes")),
        ({"hosts": ["https://example.com"]}, ("", "hosts")),
        ({"dns": {"spf_include": "include:example.com"}}, ("dns", "spf_include")),
        ({"dns": {"dkim_selectors": ["s1", "s1 s2"]}}, ("dns", "dkim_selectors")),
    ],
)
def test_addresses_and_names_that_lead_nowhere(
    tmp_path: Path, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert [one[:2] for one in said(tmp_path, "links", changes)] == [expected]


@pytest.mark.parametrize(
    ("key", "mine", "theirs"),
    [
        ("name", "Example Mail", "Example Mail"),
        ("rank", 7, 7),
        ("domains", ["example.org", "example.com"], ["example.com"]),
        ("hosts", ["mx.example.com"], ["mx.example.com"]),
        ("words", ["gone to the dogs"], ["gone to the dogs"]),
    ],
)
def test_what_two_providers_claim(tmp_path: Path, key: str, mine: Any, theirs: Any) -> None:
    entries = clean()
    entries["providers"]["example"] = provider(**{key: theirs})
    entries["providers"]["new"] = provider(**{"name": "New Mail", key: mine})
    ((rule, file, _, found, problem),) = faults(tmp_path, entries)
    assert (rule, file, found) == ("told apart", FILE, key)
    assert problem.endswith("belongs to example already")


def test_a_domain_that_stands_twice_in_one_file(tmp_path: Path) -> None:
    assert said(tmp_path, "told apart", {"domains": ["example.org", "example.org"]}) == [
        ("", "domains", "'example.org' belongs to itself already")
    ]
