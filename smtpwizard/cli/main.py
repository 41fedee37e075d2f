"""The `smtpwizard` command: finds the commands, and turns every ending into an exit status."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Sequence
from enum import IntEnum

import click

from smtpwizard import __version__, cli
from smtpwizard.model.errors import SmtpWizardError, UsageError
from smtpwizard.model.text import printable_block


class ExitCode(IntEnum):
    """What the exit status says."""

    OK = 0
    FAILED = 1
    """A check failed."""
    USAGE = 2
    CANNOT_RUN = 3
    """Could not run, or a fault of this program."""
    INTERRUPTED = 130


_SUPPORT = frozenset({"main", "accounts", "running", "wizard"})
"""Modules of this folder that are no commands."""


def _modules() -> set[str]:
    """The modules of this folder."""
    with os.scandir(os.path.dirname(cli.__file__)) as entries:
        return {entry.name[:-3] for entry in entries if entry.name.endswith(".py")} - {"__init__"}


class LazyGroup(click.Group):
    """Imports a command only when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name.rstrip("_") for name in _modules() - _SUPPORT)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name if cmd_name in _modules() else f"{cmd_name}_"
        command = importlib.import_module(f"{cli.__name__}.{name}").COMMAND
        if not isinstance(command, click.Command):
            raise TypeError(f"{name}.COMMAND is no command")
        return command


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="smtpwizard")
@click.option(
    "--timeout", type=click.FloatRange(0.2, 600), default=10.0, metavar="S", help="Wizard: seconds for a stage."
)
@click.option("--ca-file", metavar="PEM", help="Wizard: trust these authorities too.")
@click.option("--nameserver", metavar="IP[:PORT]", help="Wizard: ask this name server.")
@click.option(
    "--resolve", "overrides", multiple=True, metavar="HOST:PORT:ADDR[:PORT]", help="Wizard: use this address."
)
@click.pass_context
def main(
    context: click.Context, timeout: float, ca_file: str | None, nameserver: str | None, overrides: tuple[str, ...]
) -> None:
    """From "this program must send mail" to a working, proven .env, and the reason when it fails.

    Without a command, the full-screen wizard starts.
    """
    if context.invoked_subcommand is None:
        from smtpwizard.cli.wizard import start

        start(timeout, ca_file, nameserver, overrides)
    elif ca_file or nameserver or overrides:
        raise UsageError(f"Options of {context.invoked_subcommand} stand after it, not before it.")


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit."""
    sys.exit(status(arguments))


def status(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    try:
        result = main.main(args=arguments, prog_name="smtpwizard", standalone_mode=False)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(printable_block(shown.getvalue()), err=True, nl=False)
        return ExitCode.USAGE
    except SmtpWizardError as error:
        # A path, or what a library quotes from a file, may hold what a terminal would obey.
        click.echo(f"smtpwizard: {printable_block(str(error))}", err=True)
        return ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.CANNOT_RUN
    except SystemExit:
        # Click leaves like this, and only then, where whoever read our output has gone (EPIPE).
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 - no input may end in a traceback, which could hold what it must not
        import traceback

        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(frame.filename)} line {frame.lineno}"
        click.echo(
            f"smtpwizard: a fault of this program, please report it: {type(error).__name__} in {where}", err=True
        )
        return ExitCode.CANNOT_RUN
    return int(result) if isinstance(result, int) else ExitCode.OK
