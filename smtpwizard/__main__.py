"""`python -m smtpwizard` is the `smtpwizard` command."""

from __future__ import annotations

from smtpwizard.cli.main import run

if __name__ == "__main__":
    run()
