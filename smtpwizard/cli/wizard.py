"""Starts the full-screen wizard. No command of its own: it is what `smtpwizard` does when nothing else is said."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from smtpwizard.model.errors import CannotRunError

if TYPE_CHECKING:
    from pathlib import Path

    from smtpwizard.model.check import Options
    from smtpwizard.wizard.surroundings import Surroundings


def start(options: Options | None = None) -> None:
    """Run the wizard against the world, in the usual way or with these options.

    Raises:
        CannotRunError: there is no terminal.
    """
    need_terminal()
    postpone_collection()
    from smtpwizard.wiring import real_surroundings

    run_app(real_surroundings(), options)


def play(scenario: str | None = None, folder: Path | None = None) -> None:
    """Run the wizard against the practice server, with this scenario or one to be chosen.

    Exports go to the folder, else to a temporary one that is deleted at the end.

    Raises:
        UsageError: there is no such scenario.
        CannotRunError: there is no terminal.
    """
    import tempfile
    from pathlib import Path

    from smtpwizard.wiring import practice_surroundings

    with tempfile.TemporaryDirectory(prefix="smtpwizard-demo-") as temporary:
        surroundings = practice_surroundings(scenario, folder or Path(temporary))
        need_terminal()
        postpone_collection()
        run_app(surroundings)


def options_from(timeout: float, ca_file: str | None, nameserver: str | None, overrides: tuple[str, ...]) -> Options:
    """The options for every run of the wizard.

    Raises:
        UsageError: one of them cannot be used.
    """
    from smtpwizard.cli.accounts import parse_override
    from smtpwizard.model.check import Options

    if ca_file is not None:
        from smtpwizard.net.verifier import check_ca_file

        check_ca_file(ca_file)
    if nameserver is not None:
        from smtpwizard.net.dns import parse_nameserver

        parse_nameserver(nameserver)
    return Options(
        timeout=timeout, ca_file=ca_file, nameserver=nameserver, overrides=tuple(map(parse_override, overrides))
    )


def run_app(surroundings: Surroundings, options: Options | None = None) -> None:
    """Run the wizard and say what came of it."""
    from smtpwizard.tui.app import WizardApp
    from smtpwizard.wizard.state import Progress

    # What the imports have made is never garbage: a later pass through all of it would hold up the screen.
    gc.freeze()
    outcome = WizardApp(surroundings, Progress(options=options), when_shown=gc.enable).run()
    if outcome is not None and outcome.file is not None:
        import click

        from smtpwizard.export.file import shown

        proven = "and what it says is proven with the server" if outcome.proven else "and is not proven yet"
        click.echo(f"{shown(outcome.file)} was written, {proven}.")


def postpone_collection() -> None:
    """Look for no garbage before the first page is drawn.

    A start makes a hundred thousand objects that stay to the end; going through them again and again takes a tenth of
    its time.
    """
    gc.disable()


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
