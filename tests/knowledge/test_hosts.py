from __future__ import annotations

from pathlib import Path

import pytest

from smtpwizard.knowledge.hosts import provider_for_host
from smtpwizard.knowledge.load import Knowledge
from tests.knowledge.small import knowledge, provider


@pytest.fixture
def known(tmp_path: Path) -> Knowledge:
    local = {"kind": "local", "endpoint": [{"host": "localhost", "port": 1025, "security": "none", "preferred": True}]}
    return knowledge(
        tmp_path,
        providers={"workspace": provider(rank=2), "personal": provider(rank=1), "catcher": provider(**local)},
    )


@pytest.mark.parametrize("host", ["smtp.example.com", "SMTP.Example.com."])
def test_of_those_that_share_a_host_the_most_used_is_taken(known: Knowledge, host: str) -> None:
    found = provider_for_host(known.providers, host)
    assert found is not None
    assert found.id == "personal"


@pytest.mark.parametrize("host", ["", "mail.test", "localhost", "example.com"])
def test_a_host_nobody_claims_has_no_provider(known: Knowledge, host: str) -> None:
    assert provider_for_host(known.providers, host) is None
