"""What the server offers once TLS is on (RFC 3207, section 4.2: what it said before is void)."""

from __future__ import annotations

from smtpwizard.checks.extensions import introduce
from smtpwizard.model.check import Check
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage

CHECK = Check(
    id="ehlo.encrypted",
    title="server answers EHLO over TLS",
    stage=Stage.EHLO,
    run=introduce,
    needs=("tls.upgrade",),
    applies=lambda account, options: account.security is Security.STARTTLS,
)
