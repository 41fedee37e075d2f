from __future__ import annotations

import msgspec
import pytest

from smtpwizard.model.account import Account
from smtpwizard.model.smtp import Endpoint, Security


def test_json_has_the_names_of_the_contract() -> None:
    account = Account("mail.test", 587, Security.STARTTLS, username="alice", sender="a@x.test", recipient="b@x.test")
    assert msgspec.json.decode(msgspec.json.encode(account)) == {
        "host": "mail.test",
        "port": 587,
        "security": "starttls",
        "provider": None,
        "username": "alice",
        "mechanism": None,
        "from": "a@x.test",
        "to": "b@x.test",
    }


def test_another_endpoint_leaves_the_rest() -> None:
    account = Account("mail.test", 587, Security.STARTTLS, username="alice")
    moved = account.at(Endpoint("smtp.test", 465, Security.TLS))
    assert moved.endpoint == Endpoint("smtp.test", 465, Security.TLS)
    assert moved.username == "alice"
    assert account.port == 587


@pytest.mark.parametrize("text", ['{"host":"h","port":"x","security":"tls"}', '{"host":"h","port":1,"security":"ssl"}'])
def test_a_security_or_port_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Account)
