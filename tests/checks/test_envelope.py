from __future__ import annotations

import pytest

from smtpwizard.checks.envelope import on_the_wire


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("ann@example.test", "ann@example.test"),
        ("ann@bücher.test", "ann@xn--bcher-kva.test"),
        ("änn@bücher.test", "änn@bücher.test"),
        ("änn@example.test", "änn@example.test"),
        ("ann@" + "ü" * 70 + ".test", "ann@" + "ü" * 70 + ".test"),
        ("", ""),
        ("bücher", "xn--bcher-kva"),
    ],
)
def test_a_domain_is_spelt_as_the_dns_has_it_where_that_is_enough(address: str, sent: str) -> None:
    assert on_the_wire(address) == sent
