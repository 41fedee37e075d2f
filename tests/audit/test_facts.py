from __future__ import annotations

import pytest

from smtpwizard.audit.facts import can_be_seen
from tests.output.seen import evidence


@pytest.mark.parametrize("fact", sorted({item.fact for item in evidence() if item.fact is not None}))
def test_what_evidence_shows_can_be_seen(fact: str) -> None:
    assert can_be_seen(fact)


@pytest.mark.parametrize("fact", ["tls:intercepted", "port:silent", "port:refused", "handshake:any-reason", "silence"])
def test_facts_of_every_form_can_be_seen(fact: str) -> None:
    assert can_be_seen(fact)


@pytest.mark.parametrize("fact", ["tls:expird", "dns:", "connect:open-ish", "silence:full", "nonsense", ""])
def test_a_mistyped_fact_can_not(fact: str) -> None:
    assert not can_be_seen(fact)


def test_a_family_that_no_type_lists_is_taken_on_trust() -> None:
    assert can_be_seen("weather:rain")
