"""Small knowledge folders, for tests that need one of their own."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smtpwizard.knowledge.index import PhraseIndex
from smtpwizard.knowledge.load import Knowledge
from smtpwizard.knowledge.parse import parse
from smtpwizard.model.stage import Stage

Entry = dict[str, Any]

CHECKED = datetime.date(2026, 11, 21)
SOURCE: Entry = {"url": "https://www.rfc-editor.org/rfc/rfc5321", "checked": CHECKED}


def cause(*signs: Entry, **changes: Any) -> Entry:
    """A cause that is complete in every respect; each sign is the `when` of one, with `examples` beside it."""
    return {
        "title": "Something is wrong",
        "stage": "auth",
        "explanation": "The server does not accept what was sent.",
        "sure": "Look at the server's reply.",
        "proof": "auth.login",
        "source": [SOURCE],
        "remedy": [{"text": "Mend it."}],
        "sign": list(signs),
        **changes,
    }


def sign(*examples: str, **when: Any) -> Entry:
    """A sign and its examples."""
    return {"when": when, "examples": list(examples)}


def provider(**changes: Any) -> Entry:
    """A provider that works, complete in every respect."""
    return {
        "name": "Example Mail",
        "kind": "mailbox",
        "status": "works",
        "summary": "For examples",
        "checked": CHECKED,
        "source": [SOURCE],
        "guide": [{"text": "Open the page.", "link": "https://example.com/", "done": "It is open."}],
        "username": {"form": "email"},
        "secret": {"kind": "account-password"},
        "endpoint": [{"host": "smtp.example.com", "port": 587, "security": "starttls", "preferred": True}],
        **changes,
    }


def trees(**changes: Entry) -> dict[str, Entry]:
    """A tree for every stage, each of which concludes what the engine ranks."""
    plain = {stage.value: tree({"type": "conclusion", "id": "ranked"}) for stage in Stage}
    return plain | {stage: dict(entry) for stage, entry in changes.items()}


def tree(*nodes: Entry) -> Entry:
    """A tree that begins at its first node."""
    return {"entry": nodes[0]["id"], "node": list(nodes)}


def write(
    folder: Path,
    *,
    causes: Mapping[str, Entry] | None = None,
    providers: Mapping[str, Entry] | None = None,
    tree: Mapping[str, Entry] | None = None,
    tools: Mapping[str, list[str]] | None = None,
) -> Path:
    """Write the data files of a small knowledge folder."""
    for kind, entries in (("causes", causes or {}), ("providers", providers or {}), ("tree", tree or {})):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name, entry in entries.items():
            (folder / kind / f"{name}.toml").write_text(toml(entry), encoding="utf-8")
    named = [{"id": key, "name": key.title(), "words": words} for key, words in (tools or {}).items()]
    (folder / "tools.toml").write_text(toml({"tool": named}), encoding="utf-8")
    (folder / "interceptors.toml").write_text(toml({"name": ["Example Shield"]}), encoding="utf-8")
    hosting = {"name": "Example Cloud", "firmware": ["Example"], "closed": [25], "on_request": True, "source": []}
    (folder / "hosting.toml").write_text(toml({"hosting": [hosting]}), encoding="utf-8")
    software = {"name": "Example MTA", "greets": ["ESMTP Example"]}
    (folder / "software.toml").write_text(toml({"software": [software]}), encoding="utf-8")
    return folder


def knowledge(folder: Path, **entries: Any) -> Knowledge:
    """Write a small knowledge folder and read it."""
    return Knowledge(parse(write(folder, **entries)))


def toml(entry: Mapping[str, Any]) -> str:
    """An entry as the text of a TOML file."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in entry.items())


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value)
        case datetime.date():
            return value.isoformat()
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return str(value)


def keys_of(index: PhraseIndex) -> set[str]:
    """Everything that phrases are filed under."""
    return {key for drawer in index.drawers for key in index.opened(drawer)}


def phrases_of(index: PhraseIndex) -> list[tuple[str, int]]:
    """Every phrase that requires a key, with its owner."""
    groups = [group for drawer in index.drawers for group in index.opened(drawer).values()]
    return sorted((phrase or sought, owner) for group in groups for sought, phrase, _, owner in group.phrases)
