from __future__ import annotations

import pytest

from smtpwizard.checks.products import Credentials
from smtpwizard.checks.secret import CHECK
from smtpwizard.model.check import Options
from smtpwizard.model.secret import Secret
from smtpwizard.model.stage import Status
from tests.checks.fakes import FakeVault, carried_out, ports

NAMED = Options(vault_name="gmail")


async def test_the_keyring_s_secret_is_handed_on() -> None:
    kept = Secret("hunter2")
    verdict, recorded = await carried_out(CHECK, options=NAMED, outside=ports(vault=FakeVault({"gmail": kept})))
    assert (verdict.status, verdict.gives) == (Status.PASS, (Credentials(kept),))
    assert [item.fact for item in recorded] == ["keyring:usable"]


@pytest.mark.parametrize(
    "vault", [FakeVault(), FakeVault({"gmail": Secret("other")}), FakeVault({"gmail": Secret("x")}, "locked")]
)
async def test_a_keyring_that_fails_or_differs_is_a_warning_where_the_secret_was_given(vault: FakeVault) -> None:
    verdict, _ = await carried_out(CHECK, options=NAMED, outside=ports(vault=vault))
    assert (verdict.status, verdict.gives) == (Status.WARN, ())


@pytest.mark.parametrize(
    ("vault", "fact"),
    [
        (FakeVault(), "keyring:loses"),
        (FakeVault(outcome="locked"), "keyring:locked"),
        (FakeVault(outcome="missing"), "keyring:missing"),
    ],
)
async def test_why_the_keyring_does_not_give_it_is_recorded(vault: FakeVault, fact: str) -> None:
    _, recorded = await carried_out(CHECK, options=NAMED, outside=ports(vault=vault))
    assert [item.fact for item in recorded] == [fact]


async def test_a_run_without_a_name_leaves_the_keyring_alone() -> None:
    verdict, recorded = await carried_out(CHECK, options=Options())
    assert (verdict.status, recorded) == (Status.SKIP, [])
