from __future__ import annotations

import inspect
import pkgutil
import typing
from importlib import import_module
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.model import evidence
from smtpwizard.model.account import Account
from smtpwizard.model.event import AnyEvent, Event, EvidenceRecorded
from smtpwizard.model.evidence.answers import Answer
from smtpwizard.model.evidence.base import Evidence
from smtpwizard.model.evidence.connect import PortAnswer
from smtpwizard.model.evidence.dialogue import Silence
from smtpwizard.model.evidence.every import AnyEvidence
from smtpwizard.model.evidence.settings import SecretShape
from smtpwizard.model.evidence.tls import Certificate, Handshake
from smtpwizard.model.smtp import Endpoint
from smtpwizard.model.stage import Stage

KINDS: tuple[type[Evidence], ...] = typing.get_args(AnyEvidence)
EVENTS: tuple[type[Event], ...] = typing.get_args(AnyEvent)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.floats(0, 1e6, allow_nan=False)


def built(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any value of a struct, field by field from its types."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{name: of_type(hints[name]) for name in kind.__struct_fields__})


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    if hint == AnyEvidence:
        return st.one_of(*map(built, KINDS))
    if hint is str:
        return TEXT
    if hint is float:
        return NUMBER
    if hint in {Account, Endpoint} or (inspect.isclass(hint) and issubclass(hint, msgspec.Struct)):
        return built(hint)
    if typing.get_origin(hint) is tuple:
        return st.lists(of_type(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if typing.get_origin(hint) is typing.Literal:
        return st.sampled_from(typing.get_args(hint))
    alternatives = typing.get_args(hint)
    if alternatives:
        return st.one_of(*map(of_type, alternatives))
    return st.none() if hint is type(None) else st.from_type(hint)


def test_every_kind_is_part_of_the_union() -> None:
    modules = [import_module(found.name) for found in pkgutil.iter_modules(evidence.__path__, f"{evidence.__name__}.")]
    defined = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)}
    assert {kind for kind in defined if issubclass(kind, Evidence)} == {*KINDS, Evidence}


def test_no_two_kinds_share_a_name() -> None:
    tags = [kind.__struct_config__.tag for kind in (*KINDS, *EVENTS)]
    assert len(tags) == len(set(tags))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_evidence_survives_json(kind: type[Evidence]) -> None:
    @given(built(kind))
    def holds(value: Evidence) -> None:
        encoded = msgspec.json.encode(value)
        assert msgspec.json.decode(encoded, type=AnyEvidence) == value
        assert msgspec.json.decode(encoded)["kind"] == kind.__struct_config__.tag
        assert value.fact is None or value.fact
        assert value.at_stage is None or value.at_stage in Stage

    holds()


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_survives_json(kind: type[Event]) -> None:
    @given(built(kind))
    def holds(value: Event) -> None:
        encoded = msgspec.json.encode(value)
        assert msgspec.json.decode(encoded, type=AnyEvent) == value
        assert msgspec.json.decode(encoded)["event"] == kind.__struct_config__.tag

    holds()


@pytest.mark.parametrize(
    ("evidence", "fact"),
    [
        (Silence(Stage.GREETING, 1.0, ""), "silence"),
        (Silence(Stage.GREETING, 1.0, "22"), "silence:partial"),
        (Handshake("failed", None, None, "wrong-version-number", None, 1.0), "handshake:wrong-version-number"),
        (Handshake("failed", None, None, None, None, 1.0), "handshake:failed"),
        (Handshake("timeout", None, None, None, None, 1.0), "handshake:timeout"),
        (PortAnswer("127.0.0.1", 25, "IPv4", "open", "smtp", 1.0), "port:smtp"),
        (PortAnswer("127.0.0.1", 25, "IPv4", "refused", None, 1.0), "port:refused"),
        (SecretShape("app-password", True), "secret:right-shape"),
        (SecretShape("app-password", False), "secret:wrong-kind"),
        (Answer("which-account", "work"), "answer:which-account=work"),
    ],
)
def test_the_fact_says_what_was_found(evidence: Evidence, fact: str) -> None:
    assert evidence.fact == fact


def test_a_certificate_of_a_product_that_replaces_certificates_says_so() -> None:
    certificate = Certificate(
        verdict="unknown-issuer",
        host="mail.test",
        subject="CN=mail.test",
        issuer="CN=Avast Web/Mail Shield Root",
        names=("mail.test",),
        not_before="2026-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z",
        key="RSA 2048",
        signature="sha256",
        sha256="00",
        spki_sha256="00",
        chain=("CN=mail.test",),
        verify_code=20,
        verify_message=None,
    )
    assert certificate.fact == "tls:unknown-issuer"
    assert msgspec.structs.replace(certificate, interceptor="Avast").fact == "tls:intercepted"


def test_unknown_evidence_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"event":"evidence","id":"x","at_ms":1,"evidence":{"kind":"new"}}', type=EvidenceRecorded)
