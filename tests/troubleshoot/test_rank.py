from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.knowledge.load import Knowledge
from smtpwizard.model.cause import Finding
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage, Status
from smtpwizard.troubleshoot.observation import Observation
from smtpwizard.troubleshoot.rank import rank
from tests.knowledge.small import cause, knowledge, provider, sign

WORDING = "username and password not accepted"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(
        tmp_path_factory.mktemp("knowledge"),
        causes={
            "code-class": cause(sign("x", code=[5])),
            "code": cause(sign("x", code=[535])),
            "any-class": cause(sign("x", enhanced=["X.7.8"])),
            "enhanced": cause(sign("x", enhanced=["5.7.8"])),
            "undefined": cause(sign("x", enhanced=["5.7.0"])),
            "wording": cause(sign("x", text=[WORDING])),
            "wording-and-code": cause(sign("x", text=[WORDING], code=[535, 5])),
            "wording-and-enhanced": cause(sign("x", text=[WORDING], enhanced=["5.7.8"])),
            "provider": cause(sign("x", text=[WORDING], enhanced=["5.7.8"], provider=["example"])),
            "tool": cause(sign("x", text=["could not authenticate"], tool=["phpmailer"])),
            "tool-free": cause(sign("x", text=["connection closed"])),
            "other-tool": cause(sign("x", text=["connection closed"], tool=["phpmailer"])),
            "staged": cause(sign("x", text=["denied"], stage=["rcpt"])),
            "fact": cause(sign(fact=["tls:expired"])),
            "errno": cause(sign(errno=["ECONNREFUSED"])),
            "errno-or-words": cause(sign("x", text=["connection refused"], errno=["ECONNREFUSED"])),
            "check": cause(sign(check=["auth.login"], status=["fail"])),
        },
        providers={"example": provider(), "other": provider(endpoint=[], status="no-smtp", instead="Use another.")},
        tools={"phpmailer": ["phpmailer"], "swaks": ["=== trying"]},
    )


def ranked(known: Knowledge, *seen: Observation) -> list[str]:
    return [finding.cause for finding in rank(known.signs, seen, known.stages)]


def test_the_more_specific_a_sign_is_the_more_it_weighs(known: Knowledge) -> None:
    seen = Observation(codes=(535,), enhanced=("5.7.8",), text=WORDING, provider="example")
    assert ranked(known, seen) == [
        "provider",
        "wording-and-enhanced",
        "wording-and-code",
        "wording",
        "enhanced",
        "any-class",
        "code",
        "code-class",
    ]


def test_an_undefined_enhanced_code_says_less_than_any_other_and_less_than_a_basic_one(known: Knowledge) -> None:
    assert ranked(known, Observation(codes=(535,), enhanced=("5.7.0",))) == ["code", "undefined", "code-class"]


@pytest.mark.parametrize("who", [None, "other"])
def test_a_sign_of_a_provider_needs_that_provider(known: Knowledge, who: str | None) -> None:
    assert "provider" not in ranked(known, Observation(text=WORDING, provider=who))


def test_wording_holds_where_the_text_has_no_code(known: Knowledge) -> None:
    assert {"wording", "wording-and-code", "wording-and-enhanced"} == set(ranked(known, Observation(text=WORDING)))


def test_wording_with_a_code_does_not_hold_where_the_text_has_another(known: Knowledge) -> None:
    assert ranked(known, Observation(text=WORDING, codes=(421,), enhanced=("4.7.0",))) == ["wording"]


def test_a_class_of_codes_holds_for_every_code_of_the_class(known: Knowledge) -> None:
    assert ranked(known, Observation(text=WORDING, codes=(554,)))[0] == "wording-and-code"
    assert ranked(known, Observation(codes=(554,))) == ["code-class"]


def test_an_enhanced_code_of_either_class_holds_for_both(known: Knowledge) -> None:
    assert ranked(known, Observation(enhanced=("4.7.8",))) == ["any-class"]


def test_a_code_is_not_needed_for_a_sign_of_codes_alone_only_where_there_is_one(known: Knowledge) -> None:
    assert ranked(known, Observation(text="nothing known")) == []


def test_a_sign_of_a_tool_holds_where_the_tool_is_unknown_and_less_where_it_is_another(known: Knowledge) -> None:
    text = "could not authenticate"
    seen = [Observation(text=text, tools=tools) for tools in [("phpmailer", "swaks"), (), ("swaks",)]]
    findings = [rank(known.signs, [observation], known.stages)[0] for observation in seen]
    assert {finding.cause for finding in findings} == {"tool"}
    assert findings[0].confidence > findings[1].confidence > findings[2].confidence


def test_the_words_of_a_client_weigh_less_than_the_same_words_of_a_server(known: Knowledge) -> None:
    assert ranked(known, Observation(text="connection closed", tools=("phpmailer",))) == ["tool-free", "other-tool"]


@pytest.fixture(scope="module")
def wrapping(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(
        tmp_path_factory.mktemp("knowledge"),
        causes={
            "general": cause(sign("x", text=["recipient address rejected"])),
            "reason": cause(sign("x", text=["user unknown"])),
            "library": cause(sign("x", text=["smtp error: data not accepted"], tool=["phpmailer"])),
            "word": cause(sign("x", text=["spam"])),
            "vague-word": cause(sign("x", text=["rejected"], vague=True)),
            "vague": cause(sign("x", text=["could not open the connection"], vague=True)),
            "number": cause(sign("x", text=["errno 111"])),
            "enhanced": cause(sign("x", enhanced=["5.7.8"])),
            "twice": cause(sign("x", text=["mailbox is over quota"]), sign("y", text=["over quota"])),
            "once": cause(sign("x", text=["over quota, try later"])),
            "parted": cause(sign("x", text=["the handshake failed"]), sign("y", text=["smtp: the handshake"])),
            "checked": cause(sign(fact=["tls:expired"]), sign(check=["tls.upgrade"], status=["fail"])),
            "known": cause(sign(fact=["tls:expired"])),
        },
        tools={"phpmailer": ["phpmailer"]},
    )


@pytest.mark.parametrize(
    "between", [": ", " (", ". The server response was: ", "; nested exception is: ", " <bob@example.org>: "]
)
def test_wording_that_introduces_a_reason_says_less_than_the_reason(wrapping: Knowledge, between: str) -> None:
    text = f"recipient address rejected{between}user unknown".casefold()
    assert ranked(wrapping, Observation(text=text))[:2] == ["reason", "general"]
    assert ranked(wrapping, Observation(text="user unknown, recipient address rejected"))[0] == "general"


def test_a_reason_after_a_parenthesis_is_not_introduced_by_what_stands_before_it(wrapping: Knowledge) -> None:
    assert ranked(wrapping, Observation(text="recipient address rejected (post /send) user unknown"))[0] == "general"


def test_wording_within_wording_that_introduces_a_reason_introduces_it_too(wrapping: Knowledge) -> None:
    assert ranked(wrapping, Observation(text="smtp: the handshake failed: user unknown"))[:2] == ["reason", "parted"]


def test_the_words_of_a_library_say_little_beside_the_words_of_a_server(wrapping: Knowledge) -> None:
    library = "smtp error: data not accepted"
    assert ranked(wrapping, Observation(text=f"{library}. user unknown"))[:2] == ["reason", "library"]
    assert ranked(wrapping, Observation(text=library))[0] == "library"


def test_words_that_say_only_that_something_failed_count_little_beside_any_others(wrapping: Knowledge) -> None:
    vague = "could not open the connection"
    assert ranked(wrapping, Observation(text=vague)) == ["vague"]
    assert ranked(wrapping, Observation(text=f"{vague}, errno 111"))[:2] == ["number", "vague"]
    assert ranked(wrapping, Observation(text=vague, enhanced=("5.7.8",)))[:2] == ["enhanced", "vague"]


@pytest.mark.parametrize(
    ("seen", "cause_id"),
    [
        (Observation(text="end of file", port=465), "at-port"),
        (Observation(text="end of file", security=Security.TLS), "encrypted"),
        (Observation(text="end of file", family="ipv6"), "by-ipv6"),
        (Observation(text="end of file", port=587, family="loopback"), "anywhere"),
        (Observation(text="end of file"), "anywhere"),
    ],
)
def test_port_security_and_family_hold_only_where_the_text_names_them(
    tmp_path: Path, seen: Observation, cause_id: str
) -> None:
    known = knowledge(
        tmp_path,
        causes={
            "anywhere": cause(sign("x", text=["end of file"])),
            "at-port": cause(sign("x", text=["end of file"], port=[465])),
            "encrypted": cause(sign("x", text=["end of file"], security=["tls"])),
            "by-ipv6": cause(sign("x", text=["end of file"], family=["ipv6"])),
        },
    )
    assert ranked(known, seen)[0] == cause_id
    assert len(ranked(known, seen)) == (1 if cause_id == "anywhere" else 2)


def test_a_single_word_says_more_than_a_code_and_a_vague_one_less(wrapping: Knowledge) -> None:
    assert ranked(wrapping, Observation(text="spam", enhanced=("5.7.8",))) == ["word", "enhanced"]
    assert ranked(wrapping, Observation(text="rejected", enhanced=("5.7.8",))) == ["enhanced", "vague-word"]


def test_signs_that_rest_on_the_same_words_count_once(wrapping: Knowledge) -> None:
    assert ranked(wrapping, Observation(text="mailbox is over quota, try later")) == ["once", "twice"]


def test_that_a_check_failed_adds_nothing_to_what_it_saw(wrapping: Knowledge) -> None:
    seen = Observation(fact="tls:expired", check="tls.upgrade", status=Status.FAIL)
    checked, known = rank(wrapping.signs, [seen], wrapping.stages)
    assert {checked.cause, known.cause} == {"checked", "known"}
    assert checked.confidence == known.confidence


def test_a_sign_of_a_stage_holds_where_the_stage_is_unknown_and_not_where_it_is_another(known: Knowledge) -> None:
    assert ranked(known, Observation(text="denied")) == ["staged"]
    assert ranked(known, Observation(text="denied", stage=Stage.RCPT)) == ["staged"]
    assert ranked(known, Observation(text="denied", stage=Stage.MAIL)) == []


def test_a_fact_outweighs_whatever_codes_say(known: Knowledge) -> None:
    seen = [Observation(fact="tls:expired"), Observation(codes=(535,), enhanced=("5.7.8",))]
    assert ranked(known, *seen)[0] == "fact"


def test_an_error_number_is_found_by_itself_or_beside_words(known: Knowledge) -> None:
    assert ranked(known, Observation(errno="ECONNREFUSED")) == ["errno"]
    assert ranked(known, Observation(text="connection refused", errno="ECONNREFUSED")) == ["errno-or-words", "errno"]
    assert ranked(known, Observation(text="connection refused")) == ["errno-or-words"]
    assert ranked(known, Observation(text="connection refused", errno="ETIMEDOUT")) == []


def test_check_and_status_must_both_be_as_the_sign_says(known: Knowledge) -> None:
    assert ranked(known, Observation(check="auth.login", status=Status.FAIL)) == ["check"]
    assert ranked(known, Observation(check="auth.login", status=Status.WARN)) == []
    assert ranked(known, Observation(check="dns.address", status=Status.FAIL)) == []


def test_what_is_known_from_the_class_of_a_code_alone_is_marked(known: Knowledge) -> None:
    findings = rank(known.signs, [Observation(codes=(535,))], known.stages)
    assert [(finding.cause, finding.floor) for finding in findings] == [("code", False), ("code-class", True)]


def test_reasons_quote_the_words_and_codes_that_spoke(known: Knowledge) -> None:
    seen = Observation(codes=(535,), enhanced=("5.7.8",), text=f"535 5.7.8 {WORDING}.")
    (first, *_) = rank(known.signs, [seen], known.stages)
    assert (first.cause, first.because) == ("wording-and-enhanced", (f"“{WORDING}”", "5.7.8"))


def test_a_reason_is_given_once_and_wording_within_wording_not_at_all(tmp_path: Path) -> None:
    signs = (sign("x", text=["user unknown here"], code=[550]), sign("x", text=["user unknown"], code=[550]))
    known = knowledge(tmp_path, causes={"one": cause(*signs)})
    (found,) = rank(known.signs, [Observation(codes=(550,), text="user unknown here")], known.stages)
    assert found.because == ("“user unknown here”", "550")


def test_confidences_are_shares_and_never_rise_down_the_ranking(known: Knowledge) -> None:
    seen = Observation(codes=(535,), enhanced=("5.7.8",), text=WORDING, provider="example")
    confidences = [finding.confidence for finding in rank(known.signs, [seen], known.stages)]
    assert confidences == sorted(confidences, reverse=True)
    assert 0 < sum(confidences) < 1


def test_a_lone_weak_sign_gives_little_confidence(known: Knowledge) -> None:
    (weak,) = rank(known.signs, [Observation(codes=(599,))], known.stages)
    (strong,) = rank(known.signs, [Observation(fact="tls:expired")], known.stages)
    assert weak.confidence < 0.2 < 0.8 < strong.confidence


SEEN = st.builds(
    Observation,
    stage=st.sampled_from([None, Stage.AUTH, Stage.RCPT]),
    codes=st.lists(st.sampled_from([421, 454, 535, 550]), max_size=2, unique=True).map(tuple),
    enhanced=st.lists(st.sampled_from(["5.7.8", "4.7.8", "5.7.0"]), max_size=2, unique=True).map(tuple),
    text=st.sampled_from(["", WORDING, f"535 {WORDING}", "denied", "connection closed", "connection refused"]),
    provider=st.sampled_from([None, "example", "other"]),
    tools=st.sampled_from([(), ("phpmailer",), ("swaks",)]),
    errno=st.sampled_from([None, "ECONNREFUSED"]),
    fact=st.sampled_from([None, "tls:expired"]),
    check=st.sampled_from([None, "auth.login"]),
    status=st.sampled_from([None, Status.FAIL]),
)


@given(st.lists(SEEN, max_size=6), st.integers())
def test_the_order_of_observations_never_matters(known: Knowledge, seen: list[Observation], seed: int) -> None:
    shuffled = list(seen)
    random.Random(seed).shuffle(shuffled)
    assert rank(known.signs, shuffled, known.stages) == rank(known.signs, seen, known.stages)


def test_the_order_of_files_never_matters(tmp_path: Path) -> None:
    signs = {
        "a": sign("x", text=["one"]),
        "b": sign("x", text=["one"], code=[550]),
        "c": sign("x", text=["two"]),
    }
    seen = [Observation(text="one two", codes=(550,))]
    rankings: set[tuple[Finding, ...]] = set()
    for number, order in enumerate(itertools.permutations(signs)):
        known = knowledge(tmp_path / str(number), causes={name: cause(signs[name]) for name in order})
        rankings.add(rank(known.signs, seen, known.stages))
    assert len(rankings) == 1
