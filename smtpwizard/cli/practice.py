"""`smtpwizard practice`: the practice server alone, for trying one's own mail code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from smtpwizard.model.document import ExpectDocument, ScenarioDocument, ServedDocument
from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable, printable_block

if TYPE_CHECKING:
    from smtpwizard.practice.received import Message
    from smtpwizard.practice.scenario import Scenario
    from smtpwizard.practice.server import Served


@click.command()
@click.argument("scenario_id", required=False, metavar="[SCENARIO]")
@click.option("--all", "everything", is_flag=True, help="Serve every scenario, on consecutive ports.")
@click.option("--list", "only_list", is_flag=True, help="List the scenarios and end.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="P", help="First port; 0 takes free ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@click.option("--show", is_flag=True, help="Print each message that arrives.")
def practice(scenario_id: str | None, everything: bool, only_list: bool, port: int, as_json: bool, show: bool) -> int:
    """Play a mail server on this machine, well-behaved or not.

    It listens on loopback, prints its ports and where its certificate authority lies, and ends with Ctrl-C. Without
    SCENARIO it plays one where all is well.
    """
    import asyncio

    from smtpwizard.practice.scenario import load_scenarios, named

    scenarios = load_scenarios()
    if only_list:
        for scenario in scenarios.values():
            _print_scenario(scenario, as_json=as_json)
        return 0
    if everything and scenario_id is not None:
        raise UsageError("Name one scenario, or give --all, not both.")
    chosen = list(scenarios.values()) if everything else [named(scenarios, scenario_id or "all-well")]
    asyncio.run(_serve(chosen, port, as_json=as_json, show=show))
    return 0


async def _serve(chosen: list[Scenario], port: int, *, as_json: bool, show: bool) -> None:
    import asyncio

    from smtpwizard.practice.server import serve_all

    async with serve_all(chosen, port=port) as served:
        for one in served:
            _print_served(one, as_json=as_json)
        if not as_json:
            click.echo("Ctrl-C ends it.", err=True)
        last: list[Message | None] = [None] * len(served)
        while True:
            await asyncio.sleep(0.2)
            for number, one in enumerate(served) if show else ():
                for message in after(last[number], one.received()):
                    click.echo(f"--- {one.scenario.id}\n{printable_block(message.content)}")
                    last[number] = message


def after(last: Message | None, received: Sequence[Message]) -> Sequence[Message]:
    """What came after a message; everything where that one is not remembered any more."""
    place = next((place for place, message in enumerate(received) if message is last), -1)
    return received[place + 1 :]


def _print_scenario(scenario: Scenario, *, as_json: bool) -> None:
    if as_json:
        wanted = scenario.expect
        expect = ExpectDocument(wanted.verdict, wanted.cause, wanted.accept, wanted.check)
        row = ScenarioDocument(scenario.id, scenario.title, scenario.stage, expect)
        click.echo(msgspec.json.encode(row).decode())
        return
    found = scenario.expect.cause or scenario.expect.verdict
    click.echo(f"{scenario.id:<34} {found:<28} {scenario.title}")


def _print_served(served: Served, *, as_json: bool) -> None:
    scenario = served.scenario
    if as_json:
        document = ServedDocument(
            scenario=scenario.id,
            title=scenario.title,
            host=served.host,
            name=served.name,
            port=served.port,
            security=served.security,
            username=served.username,
            password=scenario.password,
            ca_file=str(served.ca_file),
            nameserver=served.nameserver,
            expect=scenario.expect.cause or scenario.expect.verdict,
        )
        click.echo(msgspec.json.encode(document).decode())
        return
    click.echo(f"{scenario.title}\n  {served.host} port {served.port} ({served.security}), host name {served.name}")
    click.echo(f"  user name {served.username}, password {scenario.password}")
    click.echo(f"  authority {printable(str(served.ca_file))}")
    if served.nameserver is not None:
        click.echo(f"  name server {served.nameserver}")


COMMAND = practice
