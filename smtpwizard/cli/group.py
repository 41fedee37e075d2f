"""The group of all commands, found by scanning this folder."""

from __future__ import annotations

import importlib
import math
import os
from typing import Any

import click
from click.core import ParameterSource

from smtpwizard import __version__, cli
from smtpwizard.model.errors import UsageError

_DEFINES = b"\nCOMMAND = "
"""What a module of this folder that is a command holds, so that a list need not import them all."""


def _modules() -> dict[str, str]:
    """The commands of this folder, each with its module: one that would hide a Python word ends in an underscore."""
    found = {}
    with os.scandir(os.path.dirname(cli.__file__)) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                with open(entry.path, "rb") as file:
                    if _DEFINES in file.read():
                        name = entry.name.removesuffix(".py")
                        found[name.rstrip("_")] = name
    return found


class Seconds(click.FloatRange):
    """A time limit. NaN lies in every range for click, and would never be over."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number of seconds.", param, ctx)
        return number


class LazyGroup(click.Group):
    """Imports a command only when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = _modules().get(cmd_name)
        if name is None:
            return None
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
@click.option("--timeout", type=Seconds(0.2, 600), default=10.0, metavar="S", help="Wizard: seconds for a stage.")
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
        from smtpwizard.cli.wizard import need_terminal, options_from, start

        need_terminal()
        start(options_from(timeout, ca_file, nameserver, overrides))
    elif any(context.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in context.params):
        raise UsageError(f"Options of {context.invoked_subcommand} stand after it, not before it.")
