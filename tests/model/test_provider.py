from __future__ import annotations

import pytest

from smtpwizard.model.provider import ProviderEndpoint, tidied
from smtpwizard.model.secret import Secret
from smtpwizard.model.smtp import Endpoint, Security


@pytest.mark.parametrize(
    ("host", "template", "example"),
    [
        ("smtp.example.com", False, "smtp.example.com"),
        ("mail.{domain}", True, "mail.example.com"),
        ("{tenant}.mail.protection.outlook.com", True, "contoso-com.mail.protection.outlook.com"),
        ("smtp.email.{region}.oci.oraclecloud.com", True, "smtp.email.us-ashburn-1.oci.oraclecloud.com"),
    ],
)
def test_a_host_with_a_place_to_fill_has_an_example(host: str, template: bool, example: str) -> None:
    place = ProviderEndpoint(host, 465, Security.TLS)
    assert place.endpoint == Endpoint(host, 465, Security.TLS)
    assert (place.is_template, place.example) == (template, example)


def test_the_outer_spaces_go_from_what_was_typed_and_stay_where_a_program_would_send_them() -> None:
    assert tidied(Secret(" hunter2 \n"), None, typed=True) == Secret("hunter2")
    assert tidied(Secret(" hunter2 \n"), None, typed=False) == Secret(" hunter2 \n")
