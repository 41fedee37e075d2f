"""Reads data files strictly, and says where a fault is: file, entry and key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from smtpwizard.model.errors import SmtpWizardError

T = TypeVar("T", bound=msgspec.Struct)


class Fault(msgspec.Struct, frozen=True, order=True):
    """Something wrong in a data file."""

    file: str
    """Its folder and name."""
    entry: str
    """Which part of it, such as `sign[2].when`; empty for the whole."""
    key: str
    """The key at fault; empty where there is none."""
    problem: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.entry, self.key) if part)
        return f"{place}: {self.problem}"


class DataFileError(SmtpWizardError):
    """Data files cannot be used.

    Attributes:
        faults: everything that is wrong, file by file.
    """

    def __init__(self, files: str, faults: list[Fault]) -> None:
        self.faults: Final = tuple(sorted(faults))
        super().__init__(f"The {files} have faults:\n" + "\n".join(f"  {fault}" for fault in self.faults))


_PROBLEM: Final = re.compile(
    r"(?P<problem>Object (?P<how>contains unknown|missing required) field `(?P<key>[^`]+)`|.*?)"
    r"(?: - at `(?:key in )?\$\.?(?P<place>.*)`)?"
)
_KEY_PROBLEMS: Final = {"contains unknown": "there is no such key", "missing required": "this key is missing"}


def read_toml(path: Path, kind: type[T], faults: list[Fault]) -> T | None:
    """The content of a file, or None, with one more fault, where it cannot be used."""
    import tomllib

    try:
        raw: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(raw, kind)
    except OSError as error:
        faults.append(fault(path, f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        faults.append(fault(path, "is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(fault(path, f"is no valid TOML: {error}"))
    except msgspec.ValidationError as error:
        faults.append(_located(path, str(error)))
    return None


def fault(path: Path, problem: str, *, entry: str = "", key: str = "") -> Fault:
    """A fault of a file, in one entry and key of it or in the whole."""
    return Fault(f"{path.parent.name}/{path.name}", entry, key, problem)


def _located(path: Path, message: str) -> Fault:
    found = _PROBLEM.fullmatch(message)
    if found is None:
        return fault(path, message)
    place = found["place"] or ""
    if found["key"]:
        return fault(path, _KEY_PROBLEMS[found["how"]], entry=place, key=found["key"])
    entry, _, key = place.rpartition(".")
    return fault(path, found["problem"], entry=entry, key=key)
