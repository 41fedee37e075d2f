"""The TLS handshake before the greeting (RFC 8314), and the certificate."""

from __future__ import annotations

from smtpwizard.checks.upgrade import handshake
from smtpwizard.model.check import Check
from smtpwizard.model.smtp import Security
from smtpwizard.model.stage import Stage

CHECK = Check(
    id="tls.implicit",
    title="certificate is trusted and for this host",
    stage=Stage.TLS,
    run=handshake,
    needs=("connect.open",),
    applies=lambda account, options: account.security is Security.TLS,
)
