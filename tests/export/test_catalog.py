from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import smtpwizard.export.readers
from smtpwizard.export.catalog import all_readers, reader_for
from smtpwizard.knowledge.load import load_knowledge
from smtpwizard.model.errors import UsageError


def test_every_module_of_the_folder_is_a_reader() -> None:
    modules = {path.stem for path in Path(smtpwizard.export.readers.__path__[0]).glob("[!_]*.py")}
    assert len(modules) == len(all_readers())


def test_every_target_names_a_reader_that_exists() -> None:
    targets = load_knowledge().targets.values()
    assert {target.reader for target in targets} <= all_readers().keys()


def test_a_reader_that_does_not_exist_is_named() -> None:
    target = msgspec.structs.replace(load_knowledge().targets["generic"], reader="nobody")
    with pytest.raises(UsageError, match="nobody"):
        reader_for(target)
