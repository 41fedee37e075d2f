"""The `smtpwizard` command: runs what is asked for, and turns every ending into an exit status."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status says."""

    OK = 0
    FAILED = 1
    """A check failed."""
    USAGE = 2
    CANNOT_RUN = 3
    """Could not run, or a fault of this program."""
    INTERRUPTED = 130


SELDOM = 100_000
"""New objects before garbage is looked for."""
_COMPLETION = "_SMTPWIZARD_COMPLETE"
"""By this variable a shell asks click for completions."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        # What a terminal's character set does not have is shown escaped.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(status(arguments))


def _open_what_is_closed() -> None:
    """Give the program the standard streams that it was started without: nothing comes of them or goes to them.

    Else the next file or socket would get the number of one of them, and with it what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open to the end


def status(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    try:
        result = _call(sys.argv[1:] if arguments is None else arguments)
    except SystemExit:
        # Click leaves like this, and only then, where whoever read our output has gone (EPIPE).
        return ExitCode.OK
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - no input may end in a traceback
        return _ending(error)
    return int(result) if isinstance(result, int) else ExitCode.OK


def _call(arguments: Sequence[str]) -> object:
    if _COMPLETION not in os.environ:
        # The wizard's start is short of time, and needs nothing of what reads a command line.
        match arguments:
            case []:
                from smtpwizard.cli.wizard import start

                start()
                return None
            case ["demo", *scenario] if len(scenario) < 2 and not "".join(scenario).startswith("-"):
                from smtpwizard.cli.wizard import play

                play(scenario[0] if scenario else None)
                return None
    # What is imported and loaded stays to the end, and most commands end before any garbage is worth a search.
    gc.set_threshold(SELDOM)
    from smtpwizard.cli.group import main

    return main.main(args=list(arguments), prog_name="smtpwizard", standalone_mode=False)


def _ending(error: BaseException) -> int:
    """Say what happened, and its exit status."""
    import click

    from smtpwizard.model.errors import SmtpWizardError, UsageError, fault_words
    from smtpwizard.model.text import printable_block

    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort() | KeyboardInterrupt():
            click.echo("Interrupted.", err=True)
            return ExitCode.INTERRUPTED
        case click.ClickException():
            shown = io.StringIO()
            error.show(shown)
            click.echo(printable_block(shown.getvalue()), err=True, nl=False)
            return ExitCode.USAGE
        case SmtpWizardError():
            # A path, or what a library quotes from a file, may hold what a terminal would obey.
            click.echo(f"smtpwizard: {printable_block(str(error))}", err=True)
            return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.CANNOT_RUN
    click.echo(f"smtpwizard: {fault_words(error)}", err=True)
    return ExitCode.CANNOT_RUN
