"""Finds the readers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from smtpwizard.export import readers
from smtpwizard.export.reader import Reader
from smtpwizard.model.errors import UsageError
from smtpwizard.model.target import Target


@cache
def all_readers() -> Mapping[str, Reader]:
    """Every reader in the folder, by id."""
    found = {}
    for module in pkgutil.iter_modules(readers.__path__):
        reader = getattr(importlib.import_module(f"{readers.__name__}.{module.name}"), "READER", None)
        if isinstance(reader, Reader):
            found[reader.id] = reader
    return found


def reader_for(target: Target) -> Reader:
    """The reader of a target's file.

    Raises:
        UsageError: the target names a reader that does not exist.
    """
    reader = all_readers().get(target.reader)
    if reader is None:
        raise UsageError(f"{target.name} asks for the reader {target.reader!r}, which does not exist.")
    return reader
