from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.account import Account
from smtpwizard.model.smtp import Security
from smtpwizard.output.documents import explain_document
from smtpwizard.output.explain_text import cause_page, explanation_text
from smtpwizard.troubleshoot.explain import explain
from tests.knowledge.small import cause, knowledge, provider, sign


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return knowledge(
        tmp_path,
        causes={
            "wrong-password": cause(
                sign("535 not accepted", text=["not accepted"]),
                title="The password is wrong",
                remedy=[{"text": "Enter it again.", "provider": ["example"], "commands": ["nc {host} {port}"]}],
            )
        },
        providers={"example": provider()},
    )


def told(known: Knowledge, text: str) -> str:
    document = explain_document(known, explain(known, text))
    proof = known.causes[document.causes[0].id].proof if document.causes else None
    return explanation_text(document, known.providers.get(document.provider or ""), proof)


def test_an_explanation_is_read_from_reply_to_proof(known: Knowledge) -> None:
    text = told(known, "smtp.example.com: 535 5.7.8 Not accepted")
    parts = [
        "Reply 535 5.7.8 Not accepted",
        "From Example Mail",
        "The password is wrong",
        "Seen: “not accepted”",
        "1. Enter it again.",
        "How to be sure\n  Look at the server's reply.",
        "it is cured when auth.login passes:",
        "$ smtpwizard check --provider example --username USER --password-stdin",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("text", ["", "hello", "250 2.0.0 OK"])
def test_a_text_without_a_known_error_offers_a_live_check(known: Knowledge, text: str) -> None:
    said = told(known, text)
    assert "names no error that is known here" in said
    assert "$ smtpwizard check --host HOST --username USER" in said


@pytest.mark.parametrize(
    ("proof", "command"),
    [
        ("connect.open", "smtpwizard check --host mail.test.net --port 465 --security tls"),
        ("tls.upgrade", "smtpwizard check --host mail.test.net --port 465 --security tls"),
        (
            "auth.login",
            "smtpwizard check --host mail.test.net --port 465 --security tls --username USER --password-stdin",
        ),
        ("mail.sender", "smtpwizard check --host HOST --username USER --password-stdin --from SENDER"),
        ("rcpt.recipient", "smtpwizard check --host HOST --username USER --password-stdin --to RECIPIENT"),
        ("data.message", "smtpwizard check --host HOST --username USER --password-stdin --to RECIPIENT --send"),
        ("delivery.arrived", "smtpwizard check --host HOST --username USER --password-stdin --to RECIPIENT --send"),
        ("domain.spf", "nslookup -type=txt DOMAIN"),
        ("export.read-back", "smtpwizard export --env .env --for TARGET -o new.env"),
        ("vault.secret", "smtpwizard profiles"),
    ],
)
def test_the_check_that_is_offered_comes_as_far_as_the_proof(known: Knowledge, proof: str, command: str) -> None:
    document = explain_document(known, explain(known, "535 not accepted"))
    account = Account("mail.test.net", 465, Security.TLS)
    assert explanation_text(document, None, proof, account).splitlines()[-1] == f"  $ {command}"


def test_a_server_of_the_provider_is_tested_as_that_provider(known: Knowledge) -> None:
    document = explain_document(known, explain(known, "smtp.example.com: 535 not accepted"))
    account = Account("smtp.example.com", 587, Security.STARTTLS, provider="example")
    said = explanation_text(document, known.providers["example"], "rcpt.recipient", account)
    assert "check --provider example --username USER --password-stdin --to RECIPIENT" in said


def test_a_hostile_text_is_shown_and_never_obeyed(known: Knowledge) -> None:
    said = told(known, "535 \x1b[31mnot accepted\u202e\x07 [/b]")
    assert all(line.isprintable() for line in said.splitlines())


def test_the_page_of_a_cause_holds_all_that_is_known(known: Knowledge) -> None:
    page = cause_page(known.causes["wrong-password"])
    for part in (
        "The password is wrong\nwrong-password, stage auth",
        "How to be sure\n  Look at the server's reply.",
        "  1. Enter it again.",
        "     for example",
        "It is cured when this check passes: auth.login",
        "  • 535 not accepted",
        "https://www.rfc-editor.org/rfc/rfc5321 (2026-11-21)",
    ):
        assert part in page


def test_commands_on_a_page_can_be_read_without_knowing_placeholders(known: Knowledge) -> None:
    page = cause_page(known.causes["wrong-password"])
    assert "$ nc smtp.example.com 587" in page
    assert "{" not in page


def test_every_page_of_what_comes_with_the_program_can_be_shown() -> None:
    known = load_knowledge()
    pages = [*map(cause_page, known.causes.values())]
    assert all(line.isprintable() for page in pages for line in page.splitlines())
    assert all("TODO" not in page for page in pages)


def test_a_page_has_what_holds_everywhere_before_what_holds_at_one_provider() -> None:
    page = cause_page(load_knowledge().causes["account-suspended"])
    assert page.index("1. Sign in on the provider's page") < page.index("     for mailgun")


@pytest.mark.parametrize(
    ("cause_id", "command"),
    [
        ("not-delivered", "smtpwizard check --host HOST --username USER --password-stdin --to RECIPIENT --send"),
        ("spf-missing", "nslookup -type=txt DOMAIN"),
        ("config-not-loaded", "smtpwizard export --env .env --for TARGET -o new.env"),
    ],
)
def test_a_page_says_how_to_see_the_cure_where_no_check_can(cause_id: str, command: str) -> None:
    page = cause_page(load_knowledge().causes[cause_id])
    assert f"  $ {command}\n" in page
    assert "this check passes" not in page
