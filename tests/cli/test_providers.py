from __future__ import annotations

import msgspec
import pytest

from smtpwizard.model.document import ProviderDocument
from smtpwizard.model.provider import Provider
from tests.cli.conftest import Run


def test_every_provider_is_listed_the_most_used_first(run: Run) -> None:
    ran = run("providers")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) > 150
    assert lines[0].split()[0] == "gmail"


def test_the_list_as_json_decodes(run: Run) -> None:
    ran = run("providers", "--json")
    rows = msgspec.json.decode(ran.out, type=list[ProviderDocument])
    assert {row["schema"] for row in ran.json} == {"smtpwizard.provider/1"}
    assert len(rows) > 150
    assert rows[0].id == "gmail"


def test_the_list_can_be_narrowed(run: Run) -> None:
    ran = run("providers", "--filter", "Office 365")
    assert {"microsoft365"} <= {line.split()[0] for line in ran.out.splitlines()}
    assert len(ran.out.splitlines()) < 10


def test_the_list_can_be_narrowed_by_kind_and_status(run: Run) -> None:
    relays = run("providers", "--kind", "relay").out.splitlines()
    assert {"google-workspace-relay", "microsoft365-hve"} <= {line.split()[0] for line in relays}
    assert {line.split()[0] for line in run("providers", "--status", "no-smtp").out.splitlines()} == {
        "console",
        "hey",
        "tuta",
    }
    rows = msgspec.json.decode(
        run("providers", "--filter", "google", "--kind", "relay", "--json").out, type=list[ProviderDocument]
    )
    assert [row.id for row in rows] == ["google-workspace-relay"]


def test_a_kind_that_does_not_exist_is_answered_with_those_that_do(run: Run) -> None:
    ran = run("providers", "--kind", "webmail")
    assert ran.status == 2
    assert "transactional" in ran.err


def test_an_id_is_not_narrowed_further(run: Run) -> None:
    ran = run("providers", "gmail", "--status", "works")
    assert (ran.status, ran.out) == (2, "")


def test_the_list_fits_a_narrow_terminal(run: Run) -> None:
    assert max(map(len, run("providers").out.splitlines())) <= 81


def test_nothing_found_names_the_words_and_the_way_out(run: Run) -> None:
    ran = run("providers", "--filter", "zzz\x1b[31m")
    assert (ran.status, ran.out) == (2, "")
    assert "`custom` stands for any other server" in ran.err
    assert ran.err.strip().isprintable()


def test_nothing_found_for_a_mistyped_word_names_what_may_be_meant(run: Run) -> None:
    ran = run("providers", "--filter", "sengrid")
    assert (ran.status, ran.out) == (2, "")
    assert "Near it: sendgrid. " in ran.err


def test_one_provider_is_shown_with_its_guide(run: Run) -> None:
    ran = run("providers", "gmail")
    assert ran.status == 0
    assert "smtp.gmail.com: port 465 with TLS (take this)" in ran.out
    assert "What to do" in ran.out
    assert "https://myaccount.google.com/apppasswords" in ran.out.split()


def test_one_provider_as_json_decodes(run: Run) -> None:
    assert msgspec.json.decode(run("providers", "gmail", "--json").out, type=Provider).name == "Gmail"


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("mail.com", ["mailcom"]),
        ("Google Mail", ["gmail"]),
        ("office365", ["microsoft365"]),
        ("microsoft-365", ["microsoft365", "microsoft365-hve"]),
        ("hotmail.com", ["outlook"]),
        ("gmial", ["gmail"]),
        ("sengrid", ["sendgrid"]),
        ("sendin_blue", ["brevo"]),
    ],
)
def test_an_unknown_id_is_answered_with_those_that_may_be_meant(run: Run, wanted: str, near: list[str]) -> None:
    ran = run("providers", wanted)
    assert (ran.status, ran.out) == (2, "")
    assert f"There is no provider {wanted!r}. Near it: {', '.join(near)}." in ran.err


@pytest.mark.parametrize("wanted", ["zzz-nobody", "x", "", "\x1b[31m", "." * 300])
def test_what_is_near_nothing_is_sent_to_the_list(run: Run, wanted: str) -> None:
    ran = run("providers", wanted)
    assert ran.status == 2
    assert "`smtpwizard providers` lists those that are known." in ran.err
    assert ran.err.strip().isprintable()
