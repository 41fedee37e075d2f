"""Whether the server takes the null sender, which bounces have (RFC 5321, section 4.5.5). Only when asked for."""

from __future__ import annotations

from smtpwizard.checks.another_sender import NULL, offering
from smtpwizard.model.stage import Status

CHECK = offering("", NULL, "server takes the null sender", refused=Status.WARN)
