from __future__ import annotations

import pytest

from smtpwizard.model.smtp import Security
from smtpwizard.practice.scenario import load_scenarios
from smtpwizard.practice.server import serve
from smtpwizard.tui.scenario.theatre import account_for, options_for


@pytest.mark.parametrize(("scenario_id", "ports"), [("all-well", {587}), ("wrong-tls-mode", {465, 587})])
async def test_the_usual_ports_lead_to_the_practice_server(scenario_id: str, ports: set[int]) -> None:
    async with serve(load_scenarios()[scenario_id]) as served:
        account, options = account_for(served), options_for(served)
        assert account.port in ports
        assert {override.port for override in options.overrides} == ports
        assert {override.to_port for override in options.overrides} == {served.port}
        assert options.ca_file == str(served.ca_file)


async def test_a_scenario_with_names_is_reached_by_its_name_server() -> None:
    scenario = next(item for item in load_scenarios().values() if item.dns is not None)
    async with serve(scenario) as served:
        assert options_for(served).nameserver == served.nameserver
        assert options_for(served).overrides == ()
        assert account_for(served).port == served.port


async def test_a_password_in_clear_text_is_allowed_only_where_the_scenario_has_no_encryption() -> None:
    async with serve(load_scenarios()["all-well"]) as served:
        assert served.security is not Security.NONE
        assert not options_for(served).allow_cleartext_auth
