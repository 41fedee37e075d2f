from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpwizard.checks.typo import Near, distance, nearest
from smtpwizard.knowledge.load import load_knowledge

KNOWN = (
    "smtp.gmail.com",
    "smtp.office365.com",
    "smtp.sendgrid.net",
    "email-smtp.eu-west-1.amazonaws.com",
    "smtp2go.com",
)


@pytest.mark.parametrize(
    ("host", "meant", "sure"),
    [
        ("smtp.gmial.com", "smtp.gmail.com", True),
        ("SMTP.Gmial.com.", "smtp.gmail.com", True),
        ("smtp.gmail.con", "smtp.gmail.com", True),
        ("smpt.gmail.com", "smtp.gmail.com", True),
        ("smtp.ofice365.com", "smtp.office365.com", False),
        ("smtp.sendgird.net", "smtp.sendgrid.net", True),
        ("smtp.sendgidd.net", "smtp.sendgrid.net", False),
        ("smtp.sendgrd.net", "smtp.sendgrid.net", True),
        ("smtp.gmaill.com", "smtp.gmail.com", False),
        ("smtp.mail.com", "smtp.gmail.com", False),
        ("smtp.sendgrid.com", "smtp.sendgrid.net", False),
        ("smtpgmail.com", "smtp.gmail.com", True),
        ("smtp,gmail,com", "smtp.gmail.com", True),
        ("email-smtp.eu-west-1.amazonwas.com", "email-smtp.eu-west-1.amazonaws.com", True),
    ],
)
def test_a_slip_leads_to_the_name_that_was_meant(host: str, meant: str, sure: bool) -> None:
    assert nearest(host, KNOWN) == Near(meant, sure)


@pytest.mark.parametrize(
    "host",
    [
        "smtp.gmail.com",
        "smtp.example.com",
        "mail.gmail.com",
        "gmial.com",
        "smtp.office356.com",
        "smtp.gmail.de",
        "email-smtp.eu-west-2.amazonaws.com",
        "",
        "localhost",
    ],
)
def test_a_name_of_its_own_is_left_alone(host: str) -> None:
    assert nearest(host, KNOWN) is None


def test_no_known_host_is_taken_for_a_slip_of_another() -> None:
    hosts = {endpoint.host for provider in load_knowledge().providers.values() for endpoint in provider.endpoint}
    mistaken = {host: near for host in hosts if (near := nearest(host, hosts - {host})) is not None and near.sure}
    assert mistaken == {}


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_distance_is_the_same_both_ways_and_none_only_between_equals(one: str, other: str) -> None:
    there = distance(one, other, 8)
    assert there == distance(other, one, 8)
    assert (there == 0) is (one == other)


def test_far_words_are_not_measured_to_the_end() -> None:
    assert distance("a", "abcdef", 2) is None
    assert distance("kitten", "sitting", 2) is None
