"""Skeletons of new entries: complete in form, and unfinished in a way that the audit sees."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Final

from smtpwizard.knowledge.load import DATA
from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable

_CAUSE: Final = """\
title = "TODO"
stage = "client"
explanation = "TODO"
sure = "TODO"
proof = "settings.lint"
# Replace each of the three empty lists by one table or more, such as those below.
sign = []
remedy = []
source = []

# [[sign]]
# when = { text = ["TODO, as phrases"] }
# examples = ["535 5.7.8 TODO, as phrases"]

# [[remedy]]
# text = "TODO"

# [[source]]
# url = "https://example.com/TODO"
# checked = {today}
"""
_PROVIDER: Final = """\
name = "TODO"
kind = "mailbox"
status = "works"
summary = "TODO"
checked = {today}
# Replace each of the three empty lists by one table or more, such as those below.
endpoint = []
guide = []
source = []

[username]
form = "email"
note = "The full address."

[secret]
kind = "account-password"
note = "The password of the mailbox."

# [[endpoint]]
# host = "smtp.example.com"
# port = 465
# security = "tls"
# preferred = true

# [[guide]]
# text = "TODO"
# link = "https://example.com/TODO"
# done = "TODO"
# missing = "TODO"

# [[source]]
# url = "https://example.com/TODO"
# checked = {today}
"""


def write_skeleton(kind: str, entry_id: str, *, folder: Path = DATA) -> Path:
    """Write the file of a new cause or provider.

    Raises:
        UsageError: the id is not of the form of ids, or is taken, or the folder cannot be written.
    """
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", entry_id):
        raise UsageError(f"{printable(entry_id, limit=60)!r} is no id: lower-case words joined by hyphens.")
    path = folder / f"{kind}s" / f"{entry_id}.toml"
    text = _CAUSE if kind == "cause" else _PROVIDER
    text = text.replace("{today}", str(datetime.datetime.now(datetime.UTC).date()))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"There is a {kind} {entry_id} already: {path}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return path
