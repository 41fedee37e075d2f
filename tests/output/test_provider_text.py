from __future__ import annotations

import datetime
import textwrap
from pathlib import Path
from typing import Any

import pytest

from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.provider import Provider
from smtpwizard.output.provider_text import list_line, provider_page
from tests.knowledge.small import CHECKED, SOURCE, knowledge, provider

LONG = "https://example.com/" + "a-very-long-way/" * 8


def one(folder: Path, **changes: Any) -> Provider:
    return knowledge(folder, providers={"example": provider(**changes)}).providers["example"]


def test_the_page_holds_all_that_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    known = one(
        tmp_path,
        status_note="It is easy.",
        notice=[{"date": CHECKED, "text": "Something ends."}],
        prerequisites=["It is switched on."],
        guide=[
            {
                "text": "Open the page.",
                "link": "https://example.com/",
                "command": "Get-Page | Format-List Open",
                "done": "It is open.",
                "missing": "Ask for it.",
            }
        ],
        endpoint=[
            {"host": "smtp.example.com", "port": 465, "security": "tls", "preferred": True},
            {"host": "smtp.example.com", "port": 587, "security": "starttls", "grade": "recalled"},
            {"host": "smtp.eu.example.com", "port": 465, "security": "tls", "region": "eu"},
            {"host": "smtp.two.example.com", "port": 465, "security": "tls", "region": "west"},
        ],
        username={"form": "email", "note": "The full address, such as name@example.com."},
        secret={"kind": "smtp-password", "note": "It has ten letters."},
        mechanisms=["PLAIN", "LOGIN"],
        quirks=["It is slow."],
        from_rule="Only your own address.",
        limit=[{"what": "messages a day", "value": "500", "note": "for new accounts"}],
        oauth={
            "token": "https://example.com/token",
            "scopes": ["send", "stay"],
            "flows": ["device-code"],
            "note": "Ask.",
        },
        api={"url": "https://api.example.com/send", "auth": "Bearer", "env": ["EXAMPLE_KEY"]},
        dns={"spf_include": "spf.example.com", "dkim_selectors": ["s1", "s2"]},
        domains=[f"{letter}.example.com" for letter in "abcdefghijklmno"],
        mx_suffixes=["mx.example.com"],
        docs="https://example.com/help",
        source=[SOURCE | {"of": "limit", "grade": "conflicting"}, SOURCE],
    )
    expected = """\
        Example Mail: works (example, checked 2026-11-21)
        For examples

        It is easy.

        Dates
          ! 2026-11-21: Something ends.

        What to do
          1. Open the page.
             https://example.com/
             > Get-Page | Format-List Open
             ✓ Done when: It is open.
             ? Stuck: Ask for it.

        What it takes
          • It is switched on.

        What to fill in
          Server     smtp.example.com: port 465 with TLS (take this); port 587 with
                     STARTTLS (not verified)
                     smtp.eu.example.com: port 465 with TLS
                     smtp.two.example.com (west): port 465 with TLS
          User name  The full address, such as name@example.com.
          Password   SMTP password. It has ten letters.
          Log-in by  PLAIN, LOGIN
          From       Only your own address.

        Good to know
          • It is slow.

        Limits (as of 2026-11-21, sources disagree)
          • 500 messages a day (for new accounts)

        OAuth 2.0, in place of a password
          • Token: https://example.com/token
          • Scopes: send, stay
          • Flows: device code
          • Ask.

        Where mail ports are blocked: its HTTPS API
          • https://api.example.com/send
          • Log-in: Bearer
          • Usual variables: EXAMPLE_KEY

        Records of a domain that sends through it
          • SPF: include:spf.example.com
          • DKIM selectors: s1, s2

        Recognised by
          • addresses at a.example.com, b.example.com, c.example.com, d.example.com,
            e.example.com, f.example.com, g.example.com, h.example.com, i.example.com,
            j.example.com, k.example.com, l.example.com, and 3 more
          • domains whose mail goes to mx.example.com

        Its own pages
          • https://example.com/help

        Sources
          • https://www.rfc-editor.org/rfc/rfc5321
            limit: sources disagree, 2026-11-21
          • https://www.rfc-editor.org/rfc/rfc5321
            read there, 2026-11-21"""
    assert provider_page(known, CHECKED) == textwrap.dedent(expected)


def test_what_has_no_smtp_says_what_to_do_instead(tmp_path: Path) -> None:
    known = one(tmp_path, endpoint=[], status="no-smtp", status_note="It has none.", instead="Take another one.")
    page = provider_page(known, CHECKED)
    assert page.startswith("Example Mail: no SMTP (example")
    assert "It has none.\n\nTake another one." in page
    assert "What to fill in" not in page


def test_an_address_and_a_command_stay_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    command = "Get-OrganizationConfig | Format-List RejectDirectSend, Name"
    known = one(
        tmp_path, guide=[{"text": "Look.", "link": LONG, "command": command, "done": "It is there."}], docs=LONG
    )
    lines = provider_page(known, CHECKED).splitlines()
    assert f"     {LONG}" in lines
    assert f"     > {command}" in lines
    assert f"  • {LONG}" in lines


def test_a_user_name_without_a_note_is_put_into_words(tmp_path: Path) -> None:
    literal = one(tmp_path, username={"form": "literal", "literal": "apikey"})
    assert "User name  The word apikey" in provider_page(literal, CHECKED)
    assert "User name  The full address" in provider_page(one(tmp_path, username={"form": "email"}), CHECKED)


def test_a_line_of_the_list_is_in_columns(tmp_path: Path) -> None:
    assert list_line(one(tmp_path), 9, 14) == "example    Example Mail    works"


def test_what_was_looked_at_long_ago_says_so(tmp_path: Path) -> None:
    known = one(tmp_path)
    year = datetime.timedelta(days=365)
    assert "more than a year ago" not in provider_page(known, CHECKED + year)
    assert "more than a year ago" in provider_page(known, CHECKED + 2 * year)


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_every_page_of_what_comes_with_the_program_can_be_shown(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for known in load_knowledge().providers.values():
        page = provider_page(known, CHECKED)
        assert all(line.isprintable() and line == line.rstrip() for line in page.splitlines()), known.id
