"""Starts the full-screen wizard. No command of its own: it is what `smtpwizard` does when nothing else is said."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from smtpwizard.model.errors import CannotRunError

if TYPE_CHECKING:
    from smtpwizard.model.check import Options
    from smtpwizard.wizard.surroundings import Surroundings


def start(timeout: float, ca_file: str | None, nameserver: str | None, overrides: tuple[str, ...]) -> None:
    """Run the wizard against the world.

    Raises:
        CannotRunError: there is no terminal.
        UsageError: an option cannot be used.
    """
    need_terminal()
    from smtpwizard.model.check import Options
    from smtpwizard.wiring import real_surroundings

    options = Options(timeout=timeout, ca_file=ca_file, nameserver=nameserver)
    if ca_file is not None:
        from smtpwizard.net.tls import check_ca_file

        check_ca_file(ca_file)
    if nameserver is not None:
        from smtpwizard.net.dns import parse_nameserver

        parse_nameserver(nameserver)
    if overrides:
        from smtpwizard.cli.accounts import parse_override

        options = replace(options, overrides=tuple(map(parse_override, overrides)))
    run_app(real_surroundings(), options)


def run_app(surroundings: Surroundings, options: Options | None = None) -> None:
    """Run the wizard and say what came of it."""
    import click

    from smtpwizard.tui.app import WizardApp
    from smtpwizard.wizard.state import Progress

    progress = Progress() if options is None else Progress(options=options)
    outcome = WizardApp(surroundings, progress).run()
    if outcome is not None and outcome.file is not None:
        proven = "proven by a log-in made from it" if outcome.proven else "not proven yet"
        click.echo(f"{outcome.file} was written, {proven}.")


def need_terminal() -> None:
    """See that there is a terminal to draw on.

    Raises:
        CannotRunError: there is none.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CannotRunError(
            "The wizard needs a terminal, and this is none. "
            "Without one, use `smtpwizard check` and `smtpwizard explain`."
        )
    if os.environ.get("TERM", "") in {"", "dumb"} and os.name != "nt":
        raise CannotRunError(
            "The wizard cannot draw on this terminal (TERM is empty or dumb). "
            "Use `smtpwizard check` and `smtpwizard explain`."
        )
