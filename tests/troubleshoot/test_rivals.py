from __future__ import annotations

from smtpwizard.model.cause import Finding
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.rivals import with_rivals

STAGES = dict.fromkeys(["silent", "blocked", "refused", "slow", "other"], Stage.CONNECT)
RIVALS = {"silent": ("blocked", "refused", "slow")}


def found(cause: str, confidence: float) -> Finding:
    return Finding(cause, confidence, (f"“{cause}”",), Stage.CONNECT)


def test_the_causes_that_hide_behind_the_same_words_follow_in_their_order() -> None:
    ranked = with_rivals([found("silent", 0.5)], RIVALS, STAGES)
    assert [finding.cause for finding in ranked] == ["silent", "blocked", "refused", "slow"]
    assert ranked[0] == found("silent", 0.5)
    assert sum(finding.confidence for finding in ranked) < 1
    assert ranked[1].because == ()


def test_a_rival_that_was_found_keeps_its_reasons_and_never_overtakes() -> None:
    ranked = with_rivals([found("silent", 0.3), found("blocked", 0.29)], RIVALS, STAGES)
    assert [finding.cause for finding in ranked][:2] == ["silent", "blocked"]
    assert ranked[1] == found("blocked", 0.29)


def test_a_sure_cause_leaves_its_rivals_next_to_nothing() -> None:
    ranked = with_rivals([found("silent", 0.96), found("other", 0.03)], RIVALS, STAGES)
    assert [finding.cause for finding in ranked][:2] == ["silent", "other"]
    assert all(finding.confidence < 0.01 for finding in ranked[2:])


def test_without_findings_or_rivals_there_is_nothing_to_add() -> None:
    assert with_rivals([], RIVALS, STAGES) == ()
    assert with_rivals([found("other", 0.4)], RIVALS, STAGES) == (found("other", 0.4),)
