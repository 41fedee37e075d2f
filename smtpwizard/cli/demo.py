"""`smtpwizard demo`: the wizard against the practice server."""

from __future__ import annotations

import tempfile
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
    from smtpwizard.cli.practice import named
    from smtpwizard.cli.wizard import need_terminal, postpone_collection, run_app
    from smtpwizard.wiring import practice_surroundings

    if scenario is not None:
        named(scenario)
    need_terminal()
    postpone_collection()
    with tempfile.TemporaryDirectory(prefix="smtpwizard-demo-") as temporary:
        run_app(practice_surroundings(scenario, folder or Path(temporary)))
    return 0


COMMAND = demo
