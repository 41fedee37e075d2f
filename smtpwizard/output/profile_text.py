"""Saved accounts, as text and as JSON. None of it is a secret."""

from __future__ import annotations

from typing import assert_never

from smtpwizard.model.document import ProfileDocument
from smtpwizard.model.profile import FromCommand, InFile, InKeyring, InVariable, LastTest, Nowhere, Place
from smtpwizard.model.text import printable
from smtpwizard.output.style import COLOURS, paint
from smtpwizard.output.words import GLYPHS, SECURITY_WORDS, STATUS_WORDS
from smtpwizard.profiles.folder import Saved


def profile_document(saved: Saved) -> ProfileDocument:
    """The JSON of a profile."""
    profile = saved.profile
    return ProfileDocument(
        name=saved.name,
        file=printable(str(saved.path)),
        account=profile.account,
        secret=profile.secret,
        tested=profile.tested,
        ehlo=profile.ehlo_name,
        ca_file=profile.ca_file,
        pin=profile.pin,
        nameserver=profile.nameserver,
        resolve=profile.overrides,
        timeout=profile.timeout,
    )


def profile_lines(saved: Saved, width: int) -> str:
    """A profile in a list, its name filled up to this width."""
    profile = saved.profile
    who = f"{printable(profile.username)} at " if profile.username else ""
    where = f"{printable(profile.host)} port {profile.port}, {SECURITY_WORDS[profile.security]}"
    more = f"{place_words(profile.secret)}; {last_test_words(profile.tested)}"
    return f"{paint(f'{saved.name:<{width}}', bold=True)}  {who}{where}\n{'':<{width}}  {more}"


def profile_page(saved: Saved) -> str:
    """Everything about a profile."""
    profile = saved.profile
    rows = {
        "server": f"{profile.host} port {profile.port}, {SECURITY_WORDS[profile.security]}",
        "provider": profile.provider,
        "user name": profile.username,
        "mechanism": profile.mechanism,
        "from": profile.sender,
        "to": profile.recipient,
        "EHLO name": profile.ehlo_name,
        "authorities": profile.ca_file,
        "pin": profile.pin,
        "name server": profile.nameserver,
        "addresses": ", ".join(profile.overrides),
        "time limit": f"{profile.timeout:g} s" if profile.timeout is not None else None,
    }
    lines = [f"{key:<12} {printable(value)}" for key, value in rows.items() if value]
    lines += [
        f"{'secret':<12} {place_words(profile.secret)}",
        f"{'last test':<12} {last_test_words(profile.tested)}",
        f"{'file':<12} {printable(str(saved.path))}",
    ]
    return "\n".join([paint(saved.name, bold=True), *(f"  {line}" for line in lines)])


def place_words(place: Place) -> str:
    """Where a secret is."""
    match place:
        case InKeyring():
            return f"secret in the keyring ({printable(place.backend, limit=60)})"
        case InFile():
            return f"secret in an encrypted file ({printable(place.file, limit=60)})"
        case InVariable():
            return f"secret in the environment variable {printable(place.variable, limit=60)}"
        case FromCommand():
            return f"secret from the command {printable(place.command, limit=60)}"
        case Nowhere():
            return "no secret kept"
    assert_never(place)


def last_test_words(tested: LastTest | None) -> str:
    """What the last test found, and when."""
    if tested is None:
        return "not tested yet"
    verdict = paint(f"{GLYPHS[tested.verdict]} {STATUS_WORDS[tested.verdict]}", COLOURS[tested.verdict])
    return f"{verdict}, tested {printable(tested.at[:16].replace('T', ' '), limit=20)} UTC"
