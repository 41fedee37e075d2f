from __future__ import annotations

from typing import get_args

import pytest

from smtpwizard.audit.audit import audit
from smtpwizard.checks.catalog import all_checks
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.evidence import CertificateVerdict, ConnectOutcome, DnsOutcome
from smtpwizard.model.stage import Stage
from smtpwizard.troubleshoot.observation import Observation
from smtpwizard.troubleshoot.rank import rank


def test_the_knowledge_that_comes_with_the_program_keeps_every_rule() -> None:
    faults = audit(load_knowledge(), all_checks()).faults
    assert not faults, "\n".join(f"{found.file}: {found.entry} {found.key}: {found.problem}" for found in faults)


FAILING = {
    "setting:scheme-in-host",
    "setting:empty",
    "setting:port-out-of-range",
    "secret:empty",
    "secret:line-break",
    "secret:too-long",
    "keyring:missing",
    "keyring:locked",
    "keyring:loses",
    "keyring:timeout",
    "keyring:failed",
    *(f"dns:{outcome}" for outcome in get_args(DnsOutcome) if outcome != "answer"),
    *(f"connect:{outcome}" for outcome in get_args(ConnectOutcome) if outcome != "open"),
    "silence",
    "silence:partial",
    *(f"disconnected:{how}" for how in ("closed", "reset", "timeout", "tls", "failed")),
    *(f"protocol:{name}" for name in ("http", "ssh", "imap", "pop3", "ftp", "tls", "unheard-of")),
    *(f"starttls:{outcome}" for outcome in ("not-offered", "stripped", "refused", "injected")),
    *(f"handshake:{reason}" for reason in ("failed", "timeout", "wrong-version-number", "unheard-of")),
    *(f"tls:{verdict}" for verdict in get_args(CertificateVerdict) if verdict not in {"trusted", "pinned"}),
    "tls:intercepted",
    *(f"auth:{outcome}" for outcome in ("not-offered", "needs-tls", "mechanism-unsupported", "cleartext-refused")),
    "auth:bad-challenge",
    "auth:no-credentials",
    "deadline",
}
"""What a check that fails can have seen."""


@pytest.mark.parametrize("fact", sorted(FAILING))
@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.TLS, Stage.AUTH])
def test_no_failure_of_a_live_check_is_met_with_silence(fact: str, stage: Stage) -> None:
    known = load_knowledge()
    assert rank(known.signs, [Observation(stage=stage, fact=fact)], known.stages)
