from __future__ import annotations

import pytest

from smtpwizard.wizard.account import account_of
from smtpwizard.wizard.state import Form
from tests.tui.world import custom, ready


def test_the_user_name_is_the_sender_where_it_is_an_address() -> None:
    assert account_of(ready()).sender == "anna@gmail.com"


@pytest.mark.parametrize(("typed", "port"), [("465", 465), (" 587 ", 587), ("", 0), ("x", 0), ("-1", 0), ("٤٦٥", 0)])
def test_a_port_that_is_no_number_counts_as_none(typed: str, port: int) -> None:
    assert account_of(custom(form=Form(port=typed))).port == port
