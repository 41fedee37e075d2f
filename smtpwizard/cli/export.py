"""`smtpwizard export`: the settings, written for the program that will read them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smtpwizard.cli.accounts import Request, account_options, read_request, tell_notes
from smtpwizard.cli.main import ExitCode
from smtpwizard.knowledge.load import Knowledge, load_knowledge
from smtpwizard.model.errors import UsageError
from smtpwizard.model.target import Target
from smtpwizard.model.text import printable

if TYPE_CHECKING:
    from smtpwizard.export.plan import Plan


@click.command()
@account_options
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here, merged into what is there."
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--prove", is_flag=True, help="Log in with what the written file says.")
@click.option("--list", "only_list", is_flag=True, help="List the targets and end.")
def export(output: Path | None, yes: bool, prove: bool, only_list: bool, **given: Any) -> int:
    """Write the settings of an account for the program named by --for.

    Without -o the settings go to standard output, the secret masked where that is a terminal. A file is merged, shown
    as a diff first, written whole or not at all, and read back by the rules of the program's own parser.
    """
    knowledge = load_knowledge()
    if only_list:
        for target in sorted(knowledge.targets.values(), key=lambda target: target.id):
            click.echo(f"{target.id:<24} {target.name}")
        return ExitCode.OK
    target = _target(knowledge, given.pop("target"))
    if output is None and (prove or yes):
        raise UsageError("--prove and --yes are about a written file. Say which one with -o FILE.")
    # --for says whose names are written. A file of --env may use others.
    request = read_request(knowledge, {**given, "target": None, "written_for": target.id})
    if request.saved is not None:
        from smtpwizard.cli.saved import with_secret

        request = with_secret(request)

    from smtpwizard.export.plan import plan

    planned = plan(target, request.account, request.secret, output)
    if planned.refusals:
        raise UsageError(" ".join(map(str, planned.refusals)))
    for warning in planned.warnings:
        click.echo(f"Note: {warning}", err=True)
    if output is None:
        click.echo(planned.preview if sys.stdout.isatty() else planned.text, nl=False)
        return ExitCode.OK
    return _write(knowledge, target, request, planned, ask=not (yes or given["no_input"]), prove=prove)


def _target(knowledge: Knowledge, target_id: str | None) -> Target:
    known = ", ".join(sorted(knowledge.targets))
    if target_id is None:
        raise UsageError(f"Say which program will read the settings: --for one of {known}.")
    target = knowledge.targets.get(target_id)
    if target is None:
        raise UsageError(f"There is no target {printable(target_id, limit=60)!r}. Known are: {known}.")
    return target


def _write(knowledge: Knowledge, target: Target, request: Request, planned: Plan, *, ask: bool, prove: bool) -> int:
    import shlex

    from smtpwizard.export.file import shown
    from smtpwizard.export.read import read_back
    from smtpwizard.export.write import write

    if planned.diff:
        click.echo(planned.diff, nl=False, err=True)
    if ask and sys.stdin.isatty() and not click.confirm("Write this?", default=True, err=True):
        click.echo("Nothing was written.", err=True)
        return ExitCode.FAILED
    written = write(planned)
    read = read_back(target, written.path, (request.account, request.secret))
    tell_notes(written.path, read.notes)
    file = shown(written.path)
    if read.differing:
        fields = ", ".join(read.differing)
        click.echo(f"smtpwizard: {file} was written, and read back it says something else in: {fields}.", err=True)
        return ExitCode.FAILED
    click.echo(f"{file} was written and read back by the rules of {target.reader}.", err=True)
    if not prove:
        click.echo(f"Not proven yet: smtpwizard check --env {shlex.quote(file)} --for {target.id}", err=True)
        return ExitCode.OK

    import asyncio

    from smtpwizard.cli.check import STATUS_OF
    from smtpwizard.cli.running import run_one

    proof = Request(read.account, read.secret, request.provider, request.options)
    document = asyncio.run(run_one(knowledge, proof, as_json=False, events=False))
    return STATUS_OF[document.verdict]


COMMAND = export
