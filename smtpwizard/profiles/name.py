"""What a profile may be called, on every file system, and which one may have been meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

from smtpwizard.model.errors import UsageError
from smtpwizard.model.text import printable

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?", re.ASCII)
"""Small letters only: some file systems do not tell `Work` from `work`."""
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.ASCII)
"""No file on Windows can have these names."""


def is_name(text: str) -> bool:
    """Whether a profile may be called so."""
    return _NAME.fullmatch(text) is not None and _DEVICES.fullmatch(text) is None


def checked_name(text: str) -> str:
    """The name, if it is one.

    Raises:
        UsageError: no profile may be called so.
    """
    if is_name(text):
        return text
    raise UsageError(
        f"{printable(text, limit=80)!r} cannot be the name of a profile. A name has up to 64 small letters, digits and "
        f"the signs . _ @ + - inside, such as {suggested_name(text)!r}."
    )


def suggested_name(text: str) -> str:
    """A name that looks like the text."""
    plain = re.sub(r"[^a-z0-9._@+-]+", "-", text[:64].casefold()).strip("._@+-")
    return plain if is_name(plain) else "work-mail"


def unknown(text: str, known: Iterable[str]) -> UsageError:
    """The error for a name that no profile has, with those that are near it."""
    names = sorted(known)
    wanted = text[:80].casefold()
    near = [name for name in names if name.startswith(wanted)][:3] if wanted else []
    near = near or difflib.get_close_matches(wanted, names, 3, 0.5)
    if near:
        hint = f"Near it: {', '.join(near)}."
    elif names:
        hint = "`smtpwizard profiles` lists those that are saved."
    else:
        hint = "None is saved yet; `smtpwizard profiles save NAME` saves one."
    return UsageError(f"There is no profile {printable(text, limit=80)!r}. {hint}")
