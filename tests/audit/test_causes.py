from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit.small import clean, faults
from tests.knowledge.small import cause, sign

FILE = "causes/broken.toml"
GOOD = sign("552 mailbox full", text=["mailbox full"])


def found(folder: Path, broken: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Rule, entry, key and problem of every fault that one more cause brings."""
    entries = clean()
    entries["causes"]["broken"] = broken
    everything = faults(folder, entries)
    assert {file for _, file, _, _, _ in everything} <= {FILE}
    return [(rule, entry, key, problem) for rule, _, entry, key, problem in everything]


def test_a_complete_cause_has_no_fault(tmp_path: Path) -> None:
    assert found(tmp_path, cause(GOOD)) == []


@pytest.mark.parametrize("key", ["remedy", "source"])
def test_a_cause_without_remedies_or_sources(tmp_path: Path, key: str) -> None:
    assert found(tmp_path, cause(GOOD, **{key: []})) == [("complete", "", key, "is empty")]


def test_a_cause_without_signs(tmp_path: Path) -> None:
    assert found(tmp_path, cause()) == [("complete", "", "sign", "is empty")]


@pytest.mark.parametrize("key", ["title", "explanation", "sure"])
@pytest.mark.parametrize("text", ["", "  ", "TODO", "TODO: say why"])
def test_a_cause_whose_words_are_still_to_be_written(tmp_path: Path, key: str, text: str) -> None:
    assert found(tmp_path, cause(GOOD, **{key: text})) == [("complete", "", key, "is still to be written")]


def test_a_sign_that_holds_for_everything(tmp_path: Path) -> None:
    assert ("complete", "sign[1]", "when", "holds for everything") in found(tmp_path, cause(GOOD, sign()))


@pytest.mark.parametrize("when", [{"text": ["mailbox full"]}, {"code": [552]}, {"enhanced": ["5.2.2"]}])
def test_a_sign_that_shows_in_text_and_has_no_example(tmp_path: Path, when: dict[str, Any]) -> None:
    assert found(tmp_path, cause(sign(**when))) == [("complete", "sign[0]", "examples", "has no example")]


def test_a_sign_of_facts_needs_no_example(tmp_path: Path) -> None:
    assert found(tmp_path, cause(sign(fact=["tls:expired"]))) == []


@pytest.mark.parametrize("key", ["proof", "needs_live"])
def test_a_check_that_does_not_exist(tmp_path: Path, key: str) -> None:
    problem = "there is no check 'auth.nonsense'"
    assert found(tmp_path, cause(GOOD, **{key: "auth.nonsense"})) == [("complete", "", key, problem)]


def test_a_placeholder_that_does_not_exist(tmp_path: Path) -> None:
    broken = cause(GOOD, remedy=[{"text": "Ask {whom}.", "commands": ["openssl s_client {host}:{port} {file}"]}])
    assert found(tmp_path, broken) == [
        ("remedy", "remedy[0]", "", "there is no placeholder {file}"),
        ("remedy", "remedy[0]", "", "there is no placeholder {whom}"),
    ]


def test_every_placeholder_that_is_filled_in(tmp_path: Path) -> None:
    commands = ["swaks --server {host}:{port} --from {sender} --au {username}", "dig {domain} MX"]
    assert found(tmp_path, cause(GOOD, remedy=[{"text": "Try {host}.", "commands": commands}])) == []


@pytest.mark.parametrize("command", ['swaks --server "{host}"', "swaks --server '{host}'", "echo 'a {host} b'"])
def test_a_placeholder_inside_quotation_marks(tmp_path: Path, command: str) -> None:
    problem = "{host} stands in quotation marks; what is filled in brings its own"
    assert found(tmp_path, cause(GOOD, remedy=[{"text": "Try it.", "commands": [command]}])) == [
        ("remedy", "remedy[0]", "commands", problem)
    ]


@pytest.mark.parametrize(
    "advice",
    [
        "Turn on access for less secure apps.",
        "Enable less secure app access.",
        "Turn off two-factor authentication.",
        "Disable MFA for the user.",
        "Switch off certificate verification.",
        "Set rejectUnauthorized to false.",
        "Open DisplayUnlockCaptcha.",
        "Use ssl.CERT_NONE.",
        "The switch Less secure apps must be on.",
        "Turn on 2-Step Verification first.",
        "Enable MFA for the user.",
        "Remove the two-step check from the account.",
        "It works once MFA is turned off.",
        "Switch off the security defaults of the organisation.",
        "Exclude the account from Conditional Access.",
        "Ignore certificate errors.",
        "Disable strict verification.",
        "Turn off verification.",
        "Accept any certificate.",
        "Set NODE_TLS_REJECT_UNAUTHORIZED=0.",
        "Set SMTP_VALIDATE_CERTS=false.",
        "Set mail.smtp.ssl.trust to *.",
        "Set InsecureSkipVerify to true.",
        "Fetch it with curl -sk https://example.com/",
        "Ask SORBS to take the address off its list.",
        "Set smtplib._debug = True.",
        "Start MailHog on this machine.",
        "Use a VPN to get around the block.",
        "Run Set-TransportConfig -SmtpClientAuthenticationDisabled $false.",
    ],
)
@pytest.mark.parametrize("place", ["text", "steps", "commands"])
def test_advice_that_must_never_be_given(tmp_path: Path, advice: str, place: str) -> None:
    remedy = {"text": "Do this."} | {place: advice if place == "text" else [advice]}
    assert found(tmp_path, cause(GOOD, remedy=[remedy])) == [
        ("remedy", "remedy[0]", "", f"advises what must never be advised: {advice}")
    ]


@pytest.mark.parametrize("key", ["title", "explanation", "sure"])
def test_advice_that_must_never_be_given_in_the_words_of_a_cause(tmp_path: Path, key: str) -> None:
    advice = "Turn off two-factor authentication."
    assert found(tmp_path, cause(GOOD, **{key: advice})) == [
        ("remedy", "", key, f"advises what must never be advised: {advice}")
    ]


@pytest.mark.parametrize(
    "advice",
    [
        "App passwords exist only for accounts that use 2-Step Verification.",
        "An account with multi-factor sign-in takes no plain password from programs.",
        "Leave the verification of certificates as it is.",
        "If security defaults refuse it, use OAuth 2.0.",
        "If the name only exists inside a VPN, connect to that first.",
        "If the certificate check fails, tell the server's owner.",
    ],
)
def test_advice_that_leaves_protection_as_it_is(tmp_path: Path, advice: str) -> None:
    assert found(tmp_path, cause(GOOD, remedy=[{"text": advice}])) == []


@pytest.mark.parametrize(
    "command",
    [
        "telnet {host} {port}",
        "printf secret | base64",
        "swaks --auth-password secret",
        "swaks -ap secret",
        "python3 -c 'server.login(user, secret)'",
    ],
)
def test_a_command_that_shows_a_secret(tmp_path: Path, command: str) -> None:
    assert found(tmp_path, cause(GOOD, remedy=[{"text": "Try it.", "commands": [command]}])) == [
        ("remedy", "remedy[0]", "commands", f"shows a secret to others: {command}")
    ]


def test_powershell_that_changes_what_it_has_not_looked_at(tmp_path: Path) -> None:
    look, change = "Get-CASMailbox {username} | Format-List", "Set-CASMailbox {username} -X $false"
    other = {"text": "Look.", "commands": ["Get-Mailbox {username}"]}
    assert found(tmp_path, cause(GOOD, remedy=[other, {"text": "Change.", "commands": [change, look]}])) == [
        ("remedy", "remedy[1]", "commands", f"changes what it has not looked at: {change}")
    ]


def test_powershell_that_looks_before_it_changes(tmp_path: Path) -> None:
    remedy = [
        {"text": "Look.", "commands": ["Get-CASMailbox {username} | Format-List"]},
        {"text": "Change.", "commands": ["Set-CASMailbox {username} -X $false"]},
    ]
    assert found(tmp_path, cause(GOOD, remedy=remedy)) == []


@pytest.mark.parametrize("sure", ["The mailbox is full.", "the  Mailbox says so"])
def test_what_makes_sure_repeats_the_title(tmp_path: Path, sure: str) -> None:
    broken = cause(GOOD, title="The mailbox has no room", sure=sure)
    assert found(tmp_path, broken) == [("complete", "", "sure", "begins with the words of the title")]


def test_a_link_that_is_not_https(tmp_path: Path) -> None:
    broken = cause(GOOD, remedy=[{"text": "Read.", "links": ["http://example.com", "https://example.com"]}])
    assert found(tmp_path, broken) == [("remedy", "remedy[0]", "links", "http://example.com is no https address")]


def test_a_remedy_for_a_provider_that_does_not_exist(tmp_path: Path) -> None:
    broken = cause(GOOD, remedy=[{"text": "Read.", "provider": ["example", "nobody"]}])
    assert found(tmp_path, broken) == [("remedy", "remedy[0]", "provider", "there is no provider 'nobody'")]


def test_a_remedy_that_a_sign_calls_for_and_that_does_not_exist(tmp_path: Path) -> None:
    broken = cause({**GOOD, "remedy": "archive"}, remedy=[{"text": "Read."}])
    assert found(tmp_path, broken) == [("remedy", "sign[0]", "remedy", "there is no remedy 'archive'")]


def test_a_remedy_with_a_name_that_no_sign_calls_for(tmp_path: Path) -> None:
    remedies = [{"text": "Archive.", "name": "archive"}, {"text": "Delete.", "name": "delete"}]
    broken = cause({**GOOD, "remedy": "archive"}, remedy=remedies)
    assert found(tmp_path, broken) == [("remedy", "remedy[1]", "name", "'delete' is called for by no sign")]


def test_two_remedies_of_one_name(tmp_path: Path) -> None:
    remedies = [{"text": "Archive.", "name": "archive"}, {"text": "Delete.", "name": "archive"}]
    broken = cause({**GOOD, "remedy": "archive"}, remedy=remedies)
    assert found(tmp_path, broken) == [("remedy", "remedy[1]", "name", "there are two 'archive'")]


def test_what_to_set_in_a_program_that_no_tool_speaks_for(tmp_path: Path) -> None:
    broken = cause(GOOD, remedy=[{"text": "Read.", "programs": {"Go": "tls.", "Goo": "tls."}}])
    assert found(tmp_path, broken) == [("remedy", "remedy[0]", "programs", "no tool speaks for 'Goo'")]


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("provider", "nobody", "there is no provider 'nobody'"),
        ("tool", "hammer", "there is no tool 'hammer'"),
        ("check", "auth.nonsense", "there is no check 'auth.nonsense'"),
    ],
)
def test_a_sign_that_names_what_does_not_exist(tmp_path: Path, key: str, value: str, problem: str) -> None:
    broken = cause(GOOD, sign(fact=["tls:expired"], **{key: [value]}))
    assert found(tmp_path, broken) == [("sign", "sign[1].when", key, problem)]


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("a b", "'a b' is too short to mean anything"),
        (":-) ?", "':-) ?' holds no word"),
        ("220 ***", "in '220 ***' each * is any text, and not an asterisk"),
    ],
)
def test_a_phrase_that_cannot_tell_anything(tmp_path: Path, phrase: str, problem: str) -> None:
    broken = cause(sign("552 mailbox full", text=["mailbox full", phrase]))
    assert ("sign", "sign[0].when", "text", problem) in found(tmp_path, broken)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ({"text": ["one thing", "mailbox  FULL"]}, {"text": ["mailbox full", "other thing"]}),
        ({"fact": ["tls:expired", "tls:weak"]}, {"fact": ["tls:weak"]}),
        ({"errno": ["EPIPE", "ECONNRESET"]}, {"errno": ["ECONNRESET"]}),
        ({"code": [552, 452]}, {"code": [452]}),
        ({"enhanced": ["5.2.2", "X.2.2"]}, {"enhanced": ["X.2.2"]}),
        (
            {"text": ["mailbox full"], "provider": ["example", "letters"]},
            {"text": ["mailbox full"], "provider": ["letters"]},
        ),
        ({"errno": ["EPIPE"], "stage": ["auth", "tls"]}, {"errno": ["EPIPE"], "stage": ["tls"]}),
    ],
)
def test_two_causes_that_claim_the_same_sign(tmp_path: Path, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    entries = clean()
    entries["causes"]["mine"] = cause(sign("x", **mine))
    entries["causes"]["theirs"] = cause(sign("x", **theirs))
    claims = [fault for fault in faults(tmp_path, entries) if fault[0] == "ambiguous"]
    assert len(claims) == 1
    assert claims[0][1:4] == ("causes/mine.toml", "sign", "")
    assert claims[0][4].endswith("is claimed by theirs too")


def test_signs_that_differ_in_one_respect_are_told_apart(tmp_path: Path) -> None:
    entries = clean()
    entries["causes"]["mine"] = cause(sign("552 mailbox full", text=["mailbox full"]))
    entries["causes"]["theirs"] = cause(sign("452 mailbox full", text=["mailbox full"], code=[452]))
    assert faults(tmp_path, entries) == []


def test_an_example_that_leads_elsewhere_or_nowhere(tmp_path: Path) -> None:
    broken = cause(sign("535 wrong password", "552 quota", text=["mailbox full"]))
    assert found(tmp_path, broken) == [
        (
            "example",
            "sign[0]",
            "examples",
            "the engine leads '535 wrong password' to wrong-password (“wrong password”)",
        ),
        ("example", "sign[0]", "examples", "the engine leads '552 quota' nowhere"),
    ]


def test_a_fact_that_no_check_can_ever_show(tmp_path: Path) -> None:
    broken = cause(sign(fact=["tls:expird", "tls:expired", "nonsense", "silence", "handshake:any-reason"]))
    assert found(tmp_path, broken) == [
        ("sign", "sign[0].when", "fact", "no check ever shows 'nonsense'"),
        ("sign", "sign[0].when", "fact", "no check ever shows 'tls:expird'"),
    ]
