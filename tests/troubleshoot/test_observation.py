from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.knowledge.index import passages_in
from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.troubleshoot.observation import observe_reading
from smtpwizard.troubleshoot.reading import read_text
from tests.knowledge.small import cause, knowledge, provider, sign


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    return knowledge(
        tmp_path,
        providers={
            "example": provider(),
            "other": provider(
                endpoint=[{"host": "mail.example.com", "port": 465, "security": "tls", "preferred": True}],
                words=["- othermail"],
            ),
        },
        tools={"swaks": ["=== trying"], "curl": ["curl: (#)"]},
    )


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        ("Connecting to smtp.example.com:587", "example"),
        ("220 SMTP.Example.COM ESMTP", "example"),
        ("535 no - OtherMail", "other"),
        ("smtp.example.com - othermail", "example"),
        ("mail.example.computer", None),
        ("xsmtp.example.com", None),
        ("", None),
    ],
)
def test_the_provider_is_recognised_in_text(known: Knowledge, text: str, recognised: str | None) -> None:
    seen = observe_reading(read_text(text), known.signs, provider=None, stage=None)
    assert seen.provider == recognised


def test_a_host_of_two_providers_says_that_it_is_the_one_that_prefers_it() -> None:
    known = load_knowledge()
    seen = observe_reading(read_text("smtp.office365.com port 587"), known.signs, provider=None, stage=None)
    assert seen.provider == "microsoft365"
    seen = observe_reading(read_text("smtp-mail.outlook.com port 587"), known.signs, provider=None, stage=None)
    assert seen.provider == "outlook"


def test_a_provider_that_is_known_already_is_not_looked_for(known: Knowledge) -> None:
    seen = observe_reading(read_text("smtp.example.com"), known.signs, provider="other", stage=None)
    assert seen.provider == "other"


def test_every_tool_that_wrote_part_of_a_text_is_recognised(known: Knowledge) -> None:
    seen = observe_reading(read_text("=== Trying x\ncurl: (67) no"), known.signs, provider=None, stage=None)
    assert seen.tools == ("curl", "swaks")


def test_a_wrapped_reply_is_seen_as_it_stands_and_joined(known: Knowledge) -> None:
    seen = observe_reading(read_text("550-5.7.1 one\n550 5.7.1 two"), known.signs, provider=None, stage=None)
    assert seen.text == "550-5.7.1 one 550 5.7.1 two \n 550-5.7.1 one two"


def test_no_gap_of_a_phrase_spans_two_turns_of_a_session(tmp_path: Path) -> None:
    known = knowledge(tmp_path, causes={"closed": cause(sign("x", text=["account * closed"]))})
    seen = {}
    for text in ("550 No account here\nas it was closed", "550 No account here\nQUIT\n221 Bye\nConnection closed"):
        observation = observe_reading(read_text(text), known.signs, provider=None, stage=None)
        seen[text] = passages_in(known.signs, observation.text).signs
    assert [bool(passages) for passages in seen.values()] == [True, False]
