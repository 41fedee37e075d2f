"""Prints as JSON what one Python reader makes of each file: `read.py READER FILE…`."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import ClassVar


def _python_dotenv(path: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    return {key: value for key, value in dotenv_values(path).items() if value is not None}


def _django_environ(path: Path) -> dict[str, str]:
    import environ

    class FreshEnv(environ.Env):  # type: ignore[misc]
        ENVIRON: ClassVar[dict[str, str]] = dict(os.environ)

    FreshEnv.read_env(path, overwrite=True)
    # Asked for as a program would: a value that begins with `$` is resolved then.
    env = FreshEnv()
    found = {}
    for key in FreshEnv.ENVIRON.keys() - os.environ.keys():
        try:
            found[key] = env.str(key, default="")
        except RecursionError:
            found[key] = ""
    return found


def _decouple(path: Path) -> dict[str, str]:
    from decouple import RepositoryEnv

    return dict(RepositoryEnv(path).data)


def _honcho(path: Path) -> dict[str, str] | None:
    from honcho.environ import parse

    try:
        return dict(parse(path.read_text(encoding="utf-8")))
    except ValueError:
        return None


_READERS = {
    "python-dotenv": _python_dotenv,
    "django-environ": _django_environ,
    "python-decouple": _decouple,
    "honcho": _honcho,
}

if __name__ == "__main__":
    logging.disable()
    read = _READERS[sys.argv[1]]
    print(json.dumps([read(Path(name)) for name in sys.argv[2:]]))
