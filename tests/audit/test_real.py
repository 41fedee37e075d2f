from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from smtpwizard.audit.audit import audit
from smtpwizard.checks.catalog import all_checks
from smtpwizard.checks.lint import HOPELESS
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.evidence.connect import ConnectOutcome
from smtpwizard.model.evidence.names import DnsOutcome
from smtpwizard.model.evidence.tls import CertificateVerdict
from smtpwizard.model.stage import Stage, Status
from smtpwizard.troubleshoot.observation import Observation
from smtpwizard.troubleshoot.rank import rank


def test_the_knowledge_that_comes_with_the_program_keeps_every_rule() -> None:
    faults = audit(load_knowledge(), all_checks()).faults
    assert not faults, "\n".join(f"{found.file}: {found.entry} {found.key}: {found.problem}" for found in faults)


SESSION = {
    Stage.GREETING: "greeting.banner",
    Stage.EHLO: "ehlo.extensions",
    Stage.STARTTLS: "starttls.command",
    Stage.TLS: "tls.upgrade",
    Stage.AUTH: "auth.login",
    Stage.MAIL: "mail.sender",
    Stage.RCPT: "rcpt.recipient",
    Stage.DATA: "data.message",
}
LOST = (
    "silence",
    "silence:partial",
    *(f"disconnected:{how}" for how in ("closed", "reset", "timeout", "tls", "failed")),
)
FAILURES: list[tuple[str, str]] = [
    *((check, fact) for check in SESSION.values() for fact in (*LOST, "deadline")),
    *(("settings.lint", f"setting:{flaw}") for flaw in sorted(HOPELESS)),
    *(("settings.lint", f"secret:{flaw}") for flaw in ("empty", "line-break", "too-long")),
    *(("vault.secret", f"keyring:{outcome}") for outcome in ("missing", "locked", "loses", "timeout", "failed")),
    *(("dns.address", f"dns:{outcome}") for outcome in get_args(DnsOutcome) if outcome != "answer"),
    *(("connect.open", f"connect:{outcome}") for outcome in get_args(ConnectOutcome) if outcome != "open"),
    *(("greeting.banner", f"protocol:{name}") for name in ("http", "ssh", "imap", "pop3", "ftp", "tls", "unheard-of")),
    *(("starttls.command", f"starttls:{outcome}") for outcome in ("not-offered", "stripped", "refused", "injected")),
    *(
        (check, f"handshake:{reason}")
        for check in ("tls.upgrade", "tls.implicit")
        for reason in ("failed", "timeout", "wrong-version-number", "unheard-of")
    ),
    *(
        ("tls.upgrade", f"tls:{verdict}")
        for verdict in (*get_args(CertificateVerdict), "intercepted")
        if verdict not in {"trusted", "pinned"}
    ),
    *(
        ("auth.login", f"auth:{outcome}")
        for outcome in (
            "not-offered",
            "needs-tls",
            "mechanism-unsupported",
            "cleartext-refused",
            "bad-challenge",
            "unpreparable",
            "no-credentials",
        )
    ),
]
"""Checks that fail, and what they can have seen."""


@pytest.mark.parametrize(("check", "fact"), FAILURES)
def test_no_failure_of_a_live_check_is_met_with_silence(check: str, fact: str) -> None:
    known = load_knowledge()
    failed = Observation(Stage(check.partition(".")[0]), check=check, status=Status.FAIL)
    assert rank(known.signs, [failed, msgspec.structs.replace(failed, fact=fact)], known.stages)
