"""Finds the checks."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from smtpwizard import checks
from smtpwizard.model.check import Check


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check in this folder, in the order of their stages."""
    found = []
    for module in pkgutil.iter_modules(checks.__path__):
        check = getattr(importlib.import_module(f"{checks.__name__}.{module.name}"), "CHECK", None)
        if isinstance(check, Check):
            found.append(check)
    return tuple(sorted(found, key=lambda check: (check.stage.order, check.id)))
