"""`smtpwizard demo`: the wizard against the practice server."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where exports go; a temporary folder that is deleted at the end, unless said.",
)
def demo(scenario: str | None, folder: Path | None) -> int:
    """Try the wizard without an account and without a network.

    SCENARIO is one of `smtpwizard practice --list`; without one, the wizard lets you choose.
    """
    from smtpwizard.cli.wizard import play

    play(scenario, folder)
    return 0


COMMAND = demo
