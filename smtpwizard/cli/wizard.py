"""Starts the full-screen wizard. No command of its own: it is what `smtpwizard` does when nothing else is said."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from smtpwizard.model.errors import CannotRunError

if TYPE_CHECKING:
    from smtpwizard.wizard.surroundings import Surroundings


def start() -> None:
    """Run the wizard against the world.

    Raises:
        CannotRunError: there is no terminal.
    """
    need_terminal()
    from smtpwizard.wiring import real_surroundings

    run_app(real_surroundings())


def run_app(surroundings: Surroundings) -> None:
    """Run the wizard and say what came of it."""
    import click

    from smtpwizard.tui.app import WizardApp

    outcome = WizardApp(surroundings).run()
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
