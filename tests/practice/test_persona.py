from __future__ import annotations

import re

import msgspec
import pytest

from smtpwizard.practice.persona import Persona, choose_persona, load_personas

REPLIES = [field.name for field in msgspec.structs.fields(Persona) if field.name not in {"ehlo", "extensions"}]


@pytest.mark.parametrize("name", load_personas())
def test_every_persona_speaks_in_replies_of_one_code(name: str) -> None:
    persona = load_personas()[name]

    for field in REPLIES:
        lines = getattr(persona, field)
        assert all(re.match(r"\d{3}-", line) for line in lines[:-1]), field
        assert re.match(r"\d{3} ", lines[-1]), field
        assert len({line[:3] for line in lines}) == 1, field


def test_a_provider_is_played_in_its_own_words() -> None:
    assert "gsmtp" in choose_persona(None, "gmail").greeting[0]


def test_a_provider_without_words_of_its_own_is_played_as_a_plain_server() -> None:
    assert choose_persona(None, "fastmail") == Persona()


def test_a_named_persona_comes_before_the_providers() -> None:
    assert "Exim" in choose_persona("exim", "gmail").greeting[0]
