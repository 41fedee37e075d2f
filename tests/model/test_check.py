from __future__ import annotations

import dataclasses

import pytest

from smtpwizard.model.check import Check, Context, NotGivenError, Options, Record, Verdict
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Extensions
from smtpwizard.model.stage import Stage, Status
from smtpwizard.runner.run import make_context
from tests.checks.fakes import ACCOUNT, ports

OFFERS = Extensions((), (), None)


@pytest.fixture
def context() -> Context:
    bare = make_context(ACCOUNT, Secret("hunter2"), None, Options(), ports())
    return dataclasses.replace(bare, products={Extensions: OFFERS, Status: "no status"})


def test_what_was_given_is_found_by_its_type(context: Context) -> None:
    assert context.given(Extensions) is OFFERS
    assert context.maybe(Extensions) is OFFERS


@pytest.mark.parametrize("kind", [Verdict, Status])
def test_what_was_not_given_is_missed(context: Context, kind: type[object]) -> None:
    assert context.maybe(kind) is None
    with pytest.raises(NotGivenError, match=kind.__name__):
        context.given(kind)


def test_a_context_does_not_show_the_secret(context: Context) -> None:
    assert "hunter2" not in repr(context)


def test_a_check_is_part_of_every_run_unless_it_says_otherwise() -> None:
    async def run(context: Context, record: Record) -> Verdict:
        return Verdict(Status.PASS)

    assert Check("dns.a", "a", Stage.DNS, run).applies(ACCOUNT, Options())
