"""How kinds of mail servers word what they say."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from smtpwizard.knowledge.decode import DataFileError, Fault, read_toml

PERSONAS: Final = Path(__file__).parent / "personas.toml"


class Persona(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a kind of server words what it says when it behaves well. Replies are lines with codes."""

    greeting: tuple[str, ...] = ("220 {name} ESMTP Practice",)
    ehlo: str = "{name} at your service"
    """First line of the reply to EHLO, without its code."""
    extensions: tuple[str, ...] = ("PIPELINING", "SIZE {size}", "8BITMIME", "ENHANCEDSTATUSCODES", "SMTPUTF8", "HELP")
    """What is offered besides STARTTLS and AUTH."""
    ready: tuple[str, ...] = ("220 2.0.0 Ready to start TLS",)
    accepted: tuple[str, ...] = ("235 2.7.0 Authentication successful",)
    refused: tuple[str, ...] = ("535 5.7.8 Error: authentication failed: authentication failure",)
    tls_first: tuple[str, ...] = ("530 5.7.0 Must issue a STARTTLS command first",)
    login_first: tuple[str, ...] = ("530 5.7.0 Authentication required",)
    mail: tuple[str, ...] = ("250 2.1.0 Ok",)
    rcpt: tuple[str, ...] = ("250 2.1.5 Ok",)
    data: tuple[str, ...] = ("354 End data with <CR><LF>.<CR><LF>",)
    message: tuple[str, ...] = ("250 2.0.0 Ok: queued as {queue}",)
    quit: tuple[str, ...] = ("221 2.0.0 Bye",)


class PersonaFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of personas."""

    persona: dict[str, Persona]


@cache
def load_personas(path: Path = PERSONAS) -> Mapping[str, Persona]:
    """Every persona by its id.

    Raises:
        DataFileError: the file cannot be read, or has an unknown or ill-typed key.
    """
    faults: list[Fault] = []
    personas = read_toml(path, PersonaFile, faults)
    if personas is None:
        raise DataFileError("personas", faults)
    return personas.persona


def choose_persona(name: str | None, provider: str | None) -> Persona:
    """The persona of that name; without a name the provider's, and a plain server's where that has none."""
    personas = load_personas()
    return personas[name] if name is not None else personas.get(provider or "", Persona())
