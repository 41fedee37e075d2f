"""Reads TOML files into structs, strictly, and says where a fault is: file, entry and key."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from smtpwizard.model.errors import SmtpWizardError

T = TypeVar("T", bound=msgspec.Struct)


class DataFileError(SmtpWizardError):
    """Data files cannot be used.

    Attributes:
        faults: everything that is wrong, each with file, entry and key.
    """

    def __init__(self, files: str, faults: list[str]) -> None:
        super().__init__(f"The {files} have faults:\n" + "\n".join(f"  {fault}" for fault in faults))
        self.faults: Final = tuple(faults)


_PROBLEM: Final = re.compile(
    r"(?P<problem>Object (?P<how>contains unknown|missing required) field `(?P<key>[^`]+)`|.*?)"
    r"(?: - at `(?:key in )?\$\.?(?P<place>.*)`)?"
)
_KEY_PROBLEMS: Final = {"contains unknown": "there is no such key", "missing required": "this key is missing"}


def read_toml(path: Path, kind: type[T], faults: list[str]) -> T | None:
    """The content of a file, or None, with one more fault, where it cannot be used."""
    try:
        raw: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(raw, kind)
    except OSError as error:
        faults.append(fault(path, "", "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        faults.append(fault(path, "", "", "is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(fault(path, "", "", f"is no valid TOML: {error}"))
    except msgspec.ValidationError as error:
        faults.append(_located(path, str(error)))
    return None


def fault(path: Path, entry: str, key: str, problem: str) -> str:
    """One fault in words. Entry and key are empty where it is about the whole."""
    return ": ".join(part for part in (path.name, entry, key, problem) if part)


def _located(path: Path, message: str) -> str:
    found = _PROBLEM.fullmatch(message)
    if found is None:
        return fault(path, "", "", message)
    place = found["place"] or ""
    if found["key"]:
        return fault(path, place, found["key"], _KEY_PROBLEMS[found["how"]])
    entry, _, key = place.rpartition(".")
    return fault(path, entry, key, found["problem"])
