from __future__ import annotations

from contextlib import aclosing

from smtpwizard.model.evidence.machine import Keyring
from smtpwizard.model.report import Report
from smtpwizard.model.smtp import Endpoint, Security
from smtpwizard.model.stage import Status
from smtpwizard.model.tree import Probe
from smtpwizard.wizard.changes import with_envelope
from smtpwizard.wizard.runs import Run, file_run, probe_run, probed, proof_run, start, whole_run
from smtpwizard.wizard.state import Keeping
from tests.tui.world import ready, scripted, surroundings, well

PROBE = Probe("plain-first", "takes STARTTLS", "tls.upgrade", "a", "b", port=587, security=Security.STARTTLS)


async def report_of(run: Run) -> Report:
    report = Report()
    async with aclosing(start(surroundings(well()), run)) as events:
        async for event in events:
            report = report.apply(event)
    return report


def test_the_checks_have_no_recipient() -> None:
    assert whole_run(with_envelope(ready(), "", "grace@example.com")).account.recipient is None


def test_the_checks_read_the_secret_from_the_keyring_that_kept_it() -> None:
    kept = ready(keeping=Keeping.KEYRING, keyring=Keyring("Any", "usable"))
    assert whole_run(kept).options.vault_name == "anna@gmail.com@smtp.gmail.com"


def test_the_checks_ask_no_keyring_that_keeps_nothing() -> None:
    assert whole_run(ready(keeping=Keeping.SESSION)).options.vault_name is None


async def test_a_dry_run_ends_with_the_recipient() -> None:
    report = await report_of(proof_run(with_envelope(ready(), "", "grace@example.com"), send=False))
    assert report.checks[-1].id == "rcpt.recipient"


async def test_a_test_message_is_sent_only_when_it_is_asked_for() -> None:
    report = await report_of(proof_run(with_envelope(ready(), "", "grace@example.com"), send=True))
    assert report.check("data.message").status is Status.PASS


def test_a_probe_takes_its_settings_and_no_secret() -> None:
    run = probe_run(ready(), PROBE)
    assert run.account.endpoint == Endpoint("smtp.gmail.com", 587, Security.STARTTLS)
    assert run.secret is None
    assert run.options.only == ("tls.upgrade",)


async def test_a_probe_whose_check_is_skipped_has_failed() -> None:
    blocked = (
        scripted("connect.open", "port can be connected to", Status.FAIL),
        scripted("tls.upgrade", "takes STARTTLS", Status.PASS, needs=("connect.open",)),
    )
    report = Report()
    run = probe_run(ready(), PROBE)
    async with aclosing(start(surroundings(blocked), run)) as events:
        async for event in events:
            report = report.apply(event)
    assert probed(run, PROBE, report).status is Status.SKIP


async def test_the_log_in_from_a_file_is_made_with_what_the_file_says() -> None:
    progress = ready()
    account = whole_run(progress).account
    run = file_run(progress, account, progress.secret)
    assert run.options.vault_name is None
    assert (await report_of(run)).check("auth.login").status is Status.PASS
