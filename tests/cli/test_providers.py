from __future__ import annotations

import msgspec

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
    rows = msgspec.json.decode(run("providers", "--json").out, type=list[ProviderDocument])
    assert len(rows) > 150
    assert rows[0].id == "gmail"


def test_the_list_can_be_narrowed(run: Run) -> None:
    ran = run("providers", "--filter", "Office 365")
    assert {"microsoft365"} <= {line.split()[0] for line in ran.out.splitlines()}
    assert len(ran.out.splitlines()) < 10


def test_nothing_found_names_the_words_and_the_way_out(run: Run) -> None:
    ran = run("providers", "--filter", "zzz\x1b[31m")
    assert (ran.status, ran.out) == (2, "")
    assert "`custom` stands for any other server" in ran.err
    assert ran.err.strip().isprintable()


def test_one_provider_is_shown_with_its_guide(run: Run) -> None:
    ran = run("providers", "gmail")
    assert ran.status == 0
    assert "smtp.gmail.com port 587, STARTTLS" in ran.out
    assert "How to get there" in ran.out


def test_one_provider_as_json_decodes(run: Run) -> None:
    assert msgspec.json.decode(run("providers", "gmail", "--json").out, type=Provider).name == "Gmail"


def test_a_near_miss_is_given_a_hint(run: Run) -> None:
    ran = run("providers", "mail.com")
    assert (ran.status, ran.out) == (2, "")
    assert "There is no provider 'mail.com'. Near it: " in ran.err


def test_a_far_miss_is_sent_to_the_list(run: Run) -> None:
    ran = run("providers", "zzz-nobody")
    assert ran.status == 2
    assert "`smtpwizard providers` lists all." in ran.err


def test_a_mistyped_name_is_given_a_hint(run: Run) -> None:
    assert "gmail" in run("providers", "gmial").err
    assert "sendgrid" in run("providers", "sengrid").err
